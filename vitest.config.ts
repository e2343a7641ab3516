import { defineConfig } from 'vitest/config'
import { countReporter } from './tests/count-reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'tests/interop/**', 'tests/browser/**'],
    reporters: ['default', countReporter],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
