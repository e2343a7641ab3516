import type { JobHandler, JobSpec } from '../jobs/index.ts'
import { type Clock, MINUTE_MS } from '../base/time.ts'
import type { Tx } from '../storage/database/port.ts'

export const ROLLOUT_STEP = 'automation.rollout_step'

const LOOK_EVERY_MS = MINUTE_MS

export interface RolloutStepDeps {
  readonly clock: Clock
  readonly stepRollout: (input: {
    readonly rolloutId: string
    readonly causedBy: string
    readonly alongside: (tx: Tx) => Promise<void>
  }) => Promise<{ readonly rollout: { readonly endedAt: number | null } }>
  readonly rolloutEnded: (rolloutId: string) => Promise<boolean>
  readonly enqueue: (tx: Tx, spec: JobSpec) => Promise<unknown>
  readonly transaction: (work: (tx: Tx) => Promise<void>) => Promise<void>
}

/** Looks at a rollout each minute of project time until it has ended. Each look leads to the next, whatever dies between. */
export function rolloutStepHandler(deps: RolloutStepDeps): JobHandler {
  return {
    kind: ROLLOUT_STEP,
    run: async (job, { complete }) => {
      const { rollout_id, look } = job.payload as { rollout_id: string; look: number }
      if (await deps.rolloutEnded(rollout_id)) return
      const next: JobSpec = {
        kind: ROLLOUT_STEP,
        payload: { rollout_id, look: look + 1 },
        key: `${rollout_id}/${look + 1}`,
        runAt: deps.clock.now() + LOOK_EVERY_MS,
        causedBy: job.causedBy,
      }
      const alongside = async (tx: Tx): Promise<void> => {
        await deps.enqueue(tx, next)
        await complete(tx)
      }
      // What it leads to was caused by the rollout's start, not by the hundredth look at it.
      const input = { rolloutId: rollout_id, causedBy: job.causedBy ?? job.id, alongside }
      await deps.stepRollout(input).catch(async (error: unknown) => {
        if (job.attempts < job.maxAttempts) throw error
        // A look that cannot be had is not the last one: a rollout that nobody looks at would stand there for ever.
        await deps.transaction(alongside)
      })
    },
  }
}
