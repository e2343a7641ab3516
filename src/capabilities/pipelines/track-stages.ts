import type { StageEnvironment } from './run-stage.ts'
import type { StageUpdate } from './runner.ts'

/**
 * Follows the stages of one run as tracked runs. What it returns for a stage that starts is added to the stage's
 * environment, so that a script that logs lands in the stage's own tracked run.
 */
export type TrackStages = (update: StageUpdate) => Promise<StageEnvironment>

/** Both are told of each update, one after the other; the environment is that of the tracked run. */
export function toldBoth(
  first: (update: StageUpdate) => Promise<void>,
  track: TrackStages | null,
): (update: StageUpdate) => Promise<StageEnvironment> {
  return async (update) => {
    await first(update)
    return (await track?.(update)) ?? {}
  }
}
