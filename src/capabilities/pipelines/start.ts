import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { PipelineRun, RunId } from './schema.ts'
import type { ParamChanges } from './set-params.ts'
import { insertRun } from './store.ts'

export const PIPELINE_JOB = 'pipelines.run'

export interface StartDeps {
  readonly clock: Clock
  /** The project's name: one run works in it at a time. */
  readonly project: string
}

export interface StartRequest {
  readonly model: string
  /** Stages to bring up to date, with those they depend on. */
  readonly targets: readonly string[]
  /** Keys of params.yaml to set first, such as `{ "train.until": "1973-05-01" }`. */
  readonly params: ParamChanges
  readonly causedBy: string | null
  /** Starting again with the same key returns the same run. */
  readonly key?: string | undefined
}

/** Asks for a run; a job does it, across restarts, and `pipelines.finished` tells its end. */
export async function startPipeline(
  { clock, project }: StartDeps,
  tx: Tx,
  { model, targets, params, causedBy, key }: StartRequest,
): Promise<RunId> {
  const now = clock.now()
  const run: PipelineRun = {
    id: createId('run', now),
    origin: 'loop',
    model,
    targets,
    params,
    status: 'queued',
    commit: null,
    dirty: null,
    causedBy,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    cancelRequestedAt: null,
    error: null,
    outputs: [],
  }
  const { id, isNew } = await insertRun(tx, run, key ?? null)
  if (!isNew) return id
  // Loaded here: `repro` from a shell needs no queue, and starts quicker without.
  const { insertJob } = await import('../../jobs/index.ts')
  const lane = `pipeline:${project}`
  const payload = { run_id: id }
  await insertJob(tx, { kind: PIPELINE_JOB, payload, key: id, lane, causedBy: id }, now)
  return id
}
