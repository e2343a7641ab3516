import type { Clock } from '../../base/time.ts'
import type { JobContext } from '../../jobs/index.ts'
import type { Database } from '../../storage/database/port.ts'
import { noMeasures } from './measures.ts'
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
      const before = stages.find(({ stage }) => stage === stageOf(update)) ?? null
      const record = recordAfter({ runId, update, before, now: clock.now() })
      if (record !== null) await putStage(tx, record)
    })
    if (update.kind === 'started') await context.progress(`${update.stage}: running`)
  }
}

export function stageOf(update: StageUpdate): string {
  return update.kind === 'finished' ? update.result.stage : update.stage
}

export interface Recording {
  readonly runId: RunId
  readonly update: StageUpdate
  /** What was on record of the stage in this run. */
  readonly before: StageRecord | null
  readonly now: number
}

/** What is on record after an update; null where it says nothing that is kept. */
export function recordAfter({ runId, update, before, now }: Recording): StageRecord | null {
  switch (update.kind) {
    case 'started': {
      const { kind: _, ...facts } = update
      return { ...EMPTY, measures: noMeasures(), ...facts, runId, state: 'running' }
    }
    case 'finished':
      return finishedRecord(runId, update.result, before)
    case 'failed':
      return failedRecord({ runId, before, now }, update)
    case 'stopped':
      // Taken up again it starts anew; where the run ends, its end says so of the stage too.
      return null
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
  const { reasons, startedAt, logPath, durationMs, measures } = before
  const state = before.state === 'running' ? 'ran' : before.state
  const kept = { reasons, startedAt, logPath, durationMs, measures }
  return { ...result, runId, state, ...kept, error: null }
}

type Failed = Extract<StageUpdate, { kind: 'failed' }>

function failedRecord(
  { runId, before, now }: Omit<Recording, 'update'>,
  { stage, error, durationMs, measures }: Failed,
): StageRecord {
  const unknown = { ...EMPTY, stage, command: '', reasons: [], startedAt: now, logPath: null }
  return {
    ...(before ?? unknown),
    runId,
    state: 'failed',
    measures,
    durationMs: Math.round(durationMs),
    error: runError(error),
  }
}
