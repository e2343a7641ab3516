import type { RatchetError } from '../../base/errors.ts'
import type { Clock } from '../../base/time.ts'
import type { JobContext } from '../../jobs/index.ts'
import type { Database, Tx } from '../../storage/database/port.ts'
import { runError } from './run-error.ts'
import type { StageUpdate } from './runner.ts'
import type { RunId, StageRecord, StageResult } from './schema.ts'
import { listStages, putStage } from './store.ts'

export interface RecordDeps {
  readonly database: Database
  readonly clock: Clock
}

/** Keeps the stages of a run in the database while it works, and says in the job's progress what it does. */
export function recordUpdates(
  { database, clock }: RecordDeps,
  runId: RunId,
  context: Pick<JobContext, 'progress'>,
): (update: StageUpdate) => Promise<void> {
  return async (update) => {
    await database.transaction(async (tx) => {
      const stages = await listStages(tx, runId)
      const name = update.kind === 'finished' ? update.result.stage : update.stage
      const before = stages.find(({ stage }) => stage === name) ?? null
      await recordUpdate(tx, { runId, update, before, now: clock.now() })
    })
    if (update.kind === 'started') await context.progress(`${update.stage}: running`)
  }
}

interface Recording {
  readonly runId: RunId
  readonly update: StageUpdate
  readonly before: StageRecord | null
  readonly now: number
}

function recordUpdate(tx: Tx, { runId, update, before, now }: Recording): Promise<void> {
  switch (update.kind) {
    case 'started': {
      const { kind: _, ...facts } = update
      return putStage(tx, { ...EMPTY, ...facts, runId, state: 'running' })
    }
    case 'finished':
      return putStage(tx, finishedRecord(runId, update.result, before))
    case 'failed':
      return putStage(tx, failedRecord({ runId, before, now }, update))
    case 'stopped':
      // Taken up again it starts anew; where the run ends, its end says so of the stage too.
      return Promise.resolve()
  }
}

const EMPTY = { durationMs: null, inputs: [], outputs: [], params: {}, error: null } as const

// A resumed run finds its earlier stages done in dvc.lock and skips them. For this run they did run.
function finishedRecord(
  runId: RunId,
  { action, ...result }: StageResult,
  before: StageRecord | null,
): StageRecord {
  const ranBefore = action === 'skipped' && before !== null && before.state !== 'failed'
  if (!ranBefore) return { ...result, runId, state: action, error: null }
  const { reasons, startedAt, logPath, durationMs } = before
  const state = before.state === 'running' ? 'ran' : before.state
  return { ...result, runId, state, reasons, startedAt, logPath, durationMs, error: null }
}

function failedRecord(
  { runId, before, now }: Omit<Recording, 'update'>,
  failed: { readonly stage: string; readonly error: RatchetError; readonly durationMs: number },
): StageRecord {
  const base = before ?? {
    ...EMPTY,
    stage: failed.stage,
    command: '',
    reasons: [],
    startedAt: now,
    logPath: null,
  }
  const durationMs = Math.round(failed.durationMs)
  return { ...base, runId, state: 'failed', durationMs, error: runError(failed.error) }
}
