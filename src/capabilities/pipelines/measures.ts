import type { RunEnvironment } from './environment.ts'

/** What is known of a stage's commands, also of one that fails or is cut: filled while they run. */
export interface Measures {
  /** Of the last command that ended by itself. */
  exitCode: number | null
  /** Bytes. The most that its processes were seen to take together; null where nothing ran or the system does not tell. */
  peakMemory: number | null
  environment: RunEnvironment | null
}

export function noMeasures(): Measures {
  return { exitCode: null, peakMemory: null, environment: null }
}
