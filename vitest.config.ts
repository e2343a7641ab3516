import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'tests/interop/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
