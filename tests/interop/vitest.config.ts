import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { countReporter } from '../count-reporter.ts'
import { LongestFirst } from './longest-first.ts'

const DEMO = 'tests/interop/demo.test.ts'
/** What these promise are times, so nothing runs beside them. */
const TIMED = ['tests/browser/speed.test.ts']

const each = {
  testTimeout: 120_000,
  hookTimeout: 300_000,
  // Each command would start another process to report itself.
  env: { DVC_NO_ANALYTICS: 'true', MLFLOW_DISABLE_TELEMETRY: 'true' },
}

/** Against the real tools of others, and in a real browser: needs Python with the package index once, and Chromium. */
export default defineConfig({
  test: {
    reporters: ['default', countReporter],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'together',
          include: ['tests/interop/**/*.test.ts', 'tests/browser/**/*.test.ts'],
          exclude: [DEMO, ...TIMED],
          // Vitest leaves a core to itself; but much of what runs here waits, for processes and for disks.
          maxWorkers: Math.max(2, availableParallelism()),
          ...each,
        },
      },
      {
        test: {
          name: 'timed',
          include: TIMED,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          ...each,
        },
      },
      {
        test: {
          name: 'demo',
          include: [DEMO],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          ...each,
        },
      },
    ],
  },
})
