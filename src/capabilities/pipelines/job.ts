import { errorMessage, RatchetError } from '../../base/errors.ts'
import type { Publish } from '../../events/index.ts'
import type { Job, JobContext, JobHandler } from '../../jobs/index.ts'
import type { Database } from '../../storage/database/port.ts'
import { storageError } from '../../storage/errors.ts'
import { readGitHead } from '../datasets/index.ts'
import { watchCancelRequest } from './cancel-request.ts'
import { type EndStatus, endRun, isOver } from './ending.ts'
import { pipelineErrors } from './errors.ts'
import { pipelineStarted } from './events.ts'
import { runError } from './run-error.ts'
import { repro, type ReproDeps } from './runner.ts'
import type { PipelineRun, StageResult } from './schema.ts'
import { setParams } from './set-params.ts'
import { recordUpdates } from './stage-records.ts'
import { endOrphans } from './stage-process.ts'
import { PIPELINE_JOB } from './start.ts'
import { findRun, updateRun } from './store.ts'
import { toldBoth, type TrackStages } from './track-stages.ts'
import { versionInputs } from './version-inputs.ts'

export interface PipelineDeps extends ReproDeps {
  readonly database: Database
  readonly publish: Publish
  /** Follows the stages of a run as tracked runs; null when they cannot be. */
  readonly trackStages?: ((runId: string) => TrackStages | null) | undefined
}

/** Runs what `startPipeline` asked for. Taken up again after a crash, it goes on where dvc.lock says it was. */
export function pipelineJob(deps: PipelineDeps): JobHandler {
  return { kind: PIPELINE_JOB, run: (job, context) => runPipeline(deps, job, context) }
}

async function runPipeline(deps: PipelineDeps, job: Job, context: JobContext): Promise<void> {
  const { run_id } = job.payload as { readonly run_id: string }
  const found = await findRun(deps.database.query, run_id)
  if (found === null || isOver(found)) return
  if (found.cancelRequestedAt !== null) {
    // The process that worked on it may have died before it saw the request.
    await endOrphans(deps.stateDir)
    return finish(deps, { run: found, status: 'cancelled', ...NOTHING_DONE, context })
  }
  const cancel = watchCancelRequest(deps.database.query, run_id)
  try {
    const signal = AbortSignal.any([context.signal, cancel.signal])
    const run = await begin(deps, found)
    const outcome = await work(deps, run, { ...context, signal }).catch((error: unknown) => {
      if (cancel.signal.aborted) return { status: 'cancelled', ...NOTHING_DONE } as const
      if (!endsTheRun(error, job, context)) throw error
      return { status: 'failed', ...NOTHING_DONE, error: asRatchetError(error) } as const
    })
    await finish(deps, { run, ...outcome, context })
  } finally {
    cancel.stop()
  }
}

const NOTHING_DONE = { stages: [], error: null } as const

/**
 * A broken dvc.yaml stays broken; a busy project or a database that is away does not. What may pass is thrown,
 * so that the job is tried again, until its last attempt.
 */
function endsTheRun(error: unknown, job: Job, { signal }: JobContext): boolean {
  if (signal.aborted) return false
  const isFinal =
    error instanceof RatchetError &&
    error.status < 500 &&
    error.code !== 'DATASET_BUSY' &&
    error.code !== 'JOB_FENCED'
  // A run that is given up ends, whatever the reason: one that were left running would hold back all later ones.
  return isFinal || job.attempts >= job.maxAttempts
}

function asRatchetError(error: unknown): RatchetError {
  const known = storageError(error)
  if (known instanceof RatchetError) return known
  return pipelineErrors.PIPELINE_BROKE({ detail: errorMessage(error), cause: error })
}

async function begin(deps: PipelineDeps, run: PipelineRun): Promise<PipelineRun> {
  if (run.status === 'running') return run
  const head = await readGitHead(deps.root)
  const begun: PipelineRun = {
    ...run,
    status: 'running',
    startedAt: deps.clock.now(),
    commit: head?.commit ?? null,
    dirty: head?.dirty ?? null,
  }
  await deps.database.transaction(async (tx) => {
    await updateRun(tx, begun)
    await deps.publish(tx, pipelineStarted(begun))
  })
  return begun
}

interface Outcome {
  readonly status: EndStatus
  readonly stages: readonly StageResult[]
  readonly error: RatchetError | null
}

async function work(deps: PipelineDeps, run: PipelineRun, context: JobContext): Promise<Outcome> {
  const { signal } = context
  setParams(deps.root, run.params)
  const known = await versionInputs(deps, run, signal)
  const track = deps.trackStages?.(run.id) ?? null
  const onUpdate = toldBoth(recordUpdates(deps, run.id, context), track)
  const request = { runId: run.id, targets: run.targets, signal, known, onUpdate }
  const { status, stages, error } = await repro(deps, request)
  return { status, stages, error }
}

interface Finished extends Outcome {
  readonly run: PipelineRun
  readonly context: JobContext
}

// The end of the job, the row and the announcement are one: it is told exactly once, whatever dies.
async function finish(deps: PipelineDeps, { run, status, stages, error, context }: Finished) {
  const ended = {
    ...run,
    status,
    error: error === null ? null : runError(error),
    outputs: stages.flatMap(({ outputs }) => outputs),
  }
  await deps.database.transaction(async (tx) => {
    const final = await endRun(deps, tx, ended)
    await (final === 'cancelled' ? context.giveUp(tx) : context.complete(tx))
  })
}
