import { defineConfig } from 'vitest/config'
import { countReporter } from '../count-reporter.ts'

/** Against the real tools of others: needs Python, and the package index once. */
export default defineConfig({
  test: {
    include: ['tests/interop/**/*.test.ts'],
    reporters: ['default', countReporter],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
