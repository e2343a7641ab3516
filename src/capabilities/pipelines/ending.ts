import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Tx } from '../../storage/database/port.ts'
import { pipelineFinished } from './events.ts'
import type { PipelineRun, RunStatus } from './schema.ts'
import { listStages, putStage, updateRun } from './store.ts'

export interface EndingDeps {
  readonly clock: Clock
  readonly publish: Publish
}

export type EndStatus = Exclude<RunStatus, 'queued' | 'running'>

export function isOver({ status }: Pick<PipelineRun, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

/**
 * Writes the end of a run and announces it, once, in the caller's transaction. A cancel that was acknowledged comes
 * before how the run would have ended: what was given up must not be registered. Returns how it ended.
 */
export async function endRun(
  { clock, publish }: EndingDeps,
  tx: Tx,
  run: PipelineRun & { readonly status: EndStatus },
): Promise<EndStatus> {
  const ended = { ...run, finishedAt: clock.now() }
  const cancelRequestedAt = await updateRun(tx, ended)
  const status = cancelRequestedAt === null ? ended.status : 'cancelled'
  if (status !== ended.status) await updateRun(tx, { ...ended, status })
  await endStages(tx, { ...ended, status })
  const final = { ...ended, cancelRequestedAt, status }
  await publish(tx, pipelineFinished(final, await listStages(tx, run.id)))
  return status
}

// A stage that was cut tells nothing of itself.
async function endStages(
  tx: Tx,
  { id, status, finishedAt }: PipelineRun & { readonly finishedAt: number },
): Promise<void> {
  const state = status === 'cancelled' ? 'cancelled' : 'failed'
  for (const stage of await listStages(tx, id)) {
    if (stage.state !== 'running') continue
    const durationMs = Math.max(0, finishedAt - stage.startedAt)
    await putStage(tx, { ...stage, state, durationMs })
  }
}
