import { defineConfig } from 'vitest/config'
import { countReporter } from '../count-reporter.ts'

/** Against the real tools of others, and in a real browser: needs Python with the package index once, and Chromium. */
export default defineConfig({
  test: {
    include: ['tests/interop/**/*.test.ts', 'tests/browser/**/*.test.ts'],
    reporters: ['default', countReporter],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
