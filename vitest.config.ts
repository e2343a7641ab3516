import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { countReporter } from './tests/count-reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    // Node reads TypeScript itself and keeps what it compiled, as it does for the command line; and as there are no mocks,
    // test files share the modules of their process, as the parts of one server do. A third of the time went into that.
    execArgv: ['--require', './bin/compiled.cjs'],
    experimental: { viteModuleRunner: false, nodeLoader: false },
    isolate: false,
    // Vitest leaves a core to itself; but much of what runs here waits, for processes and for disks.
    maxWorkers: Math.max(2, availableParallelism()),
    exclude: ['**/node_modules/**', 'tests/interop/**', 'tests/browser/**'],
    reporters: ['default', countReporter],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
