import type { JsonObject } from '../../base/json.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { RunEnvironment } from './environment.ts'
import type { Measures } from './measures.ts'
import type {
  PathRecord,
  PipelineRun,
  Reason,
  RunError,
  RunId,
  RunStatus,
  StageRecord,
  StageState,
} from './schema.ts'

type RunRow = {
  id: string
  origin: string
  model: string
  key: string | null
  targets: string
  params: string
  status: string
  git_commit: string | null
  git_dirty: number | null
  caused_by: string | null
  created_at: number
  started_at: number | null
  finished_at: number | null
  cancel_requested_at: number | null
  error: string | null
  outputs: string
}
type StageRow = {
  run_id: string
  stage: string
  state: string
  command: string
  reasons: string
  started_at: number
  duration_ms: number | null
  log_path: string | null
  exit_code: number | null
  peak_memory: number | null
  environment: string | null
  inputs: string
  outputs: string
  params: string
  error: string | null
}
type PipelineTables = { pipelines_runs: RunRow; pipelines_stages: StageRow }

/** Adds a run, or returns the one that has its key: asking twice runs once. */
export async function insertRun(
  tx: Tx,
  run: PipelineRun,
  key: string | null,
): Promise<{ readonly id: RunId; readonly isNew: boolean }> {
  const db = tx.withTables<PipelineTables>()
  const inserted = await db
    .insertInto('pipelines_runs')
    .values({ ...runRow(run), key })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return { id: run.id, isNew: true }
  const known = await db
    .selectFrom('pipelines_runs')
    .select('id')
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return { id: known.id as RunId, isNew: false }
}

/** Writes all of a run but its key and what others wrote to it meanwhile: the request to cancel it, which it returns. */
export async function updateRun(tx: Tx, run: PipelineRun): Promise<number | null> {
  const { cancel_requested_at: _, ...row } = runRow(run)
  const written = await tx
    .withTables<PipelineTables>()
    .updateTable('pipelines_runs')
    .set(row)
    .where('id', '=', run.id)
    .returning('cancel_requested_at')
    .executeTakeFirstOrThrow()
  return written.cancel_requested_at
}

/** Writes a run of a shell, over what was known of it. */
export async function putRun(tx: Tx, run: PipelineRun): Promise<void> {
  const row = { ...runRow(run), key: null }
  await tx
    .withTables<PipelineTables>()
    .insertInto('pipelines_runs')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Writes down that a run is to end; the first request counts. Null when it has ended, or is unknown. */
export async function requestCancel(tx: Tx, id: string, now: number): Promise<PipelineRun | null> {
  const row = await tx
    .withTables<PipelineTables>()
    .updateTable('pipelines_runs')
    .set((row) => ({
      cancel_requested_at: row.fn.coalesce(row.ref('cancel_requested_at'), row.val(now)),
    }))
    .where('id', '=', id)
    .where('origin', '=', 'loop')
    .where('status', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toRun(row)
}

export async function findRun(query: Query, id: string): Promise<PipelineRun | null> {
  const db = query.withTables<PipelineTables>()
  const row = await db
    .selectFrom('pipelines_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toRun(row)
}

export interface RunFilter {
  readonly model?: string | undefined
  readonly status?: RunStatus | undefined
  readonly limit?: number | undefined
}

/** Newest first. */
export async function listRuns(
  query: Query,
  filter: RunFilter = {},
): Promise<readonly PipelineRun[]> {
  let select = query.withTables<PipelineTables>().selectFrom('pipelines_runs').selectAll()
  if (filter.model !== undefined) select = select.where('model', '=', filter.model)
  if (filter.status !== undefined) select = select.where('status', '=', filter.status)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toRun)
}

/** Writes a stage of a run, over what was known of it. */
export async function putStage(tx: Tx, record: StageRecord): Promise<void> {
  const row = stageRow(record)
  await tx
    .withTables<PipelineTables>()
    .insertInto('pipelines_stages')
    .values(row)
    .onConflict((conflict) => conflict.columns(['run_id', 'stage']).doUpdateSet(row))
    .execute()
}

/** In the order in which they ran. */
export async function listStages(query: Query, runId: string): Promise<readonly StageRecord[]> {
  const rows = await query
    .withTables<PipelineTables>()
    .selectFrom('pipelines_stages')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('started_at')
    .orderBy('stage')
    .execute()
  return rows.map(toStage)
}

function runRow(run: PipelineRun): Omit<RunRow, 'key'> {
  return {
    id: run.id,
    origin: run.origin,
    model: run.model,
    targets: JSON.stringify(run.targets),
    params: JSON.stringify(run.params),
    status: run.status,
    git_commit: run.commit,
    git_dirty: run.dirty === null ? null : Number(run.dirty),
    caused_by: run.causedBy,
    created_at: run.createdAt,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    cancel_requested_at: run.cancelRequestedAt,
    error: run.error === null ? null : JSON.stringify(run.error),
    outputs: JSON.stringify(run.outputs),
  }
}

function toRun(row: RunRow): PipelineRun {
  return {
    id: row.id as RunId,
    origin: row.origin as PipelineRun['origin'],
    model: row.model,
    targets: JSON.parse(row.targets) as readonly string[],
    params: JSON.parse(row.params) as JsonObject,
    status: row.status as RunStatus,
    commit: row.git_commit,
    dirty: row.git_dirty === null ? null : row.git_dirty === 1,
    causedBy: row.caused_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cancelRequestedAt: row.cancel_requested_at,
    error: row.error === null ? null : (JSON.parse(row.error) as RunError),
    outputs: JSON.parse(row.outputs) as readonly PathRecord[],
  }
}

function stageRow(record: StageRecord): StageRow {
  const { exitCode, peakMemory, environment } = record.measures
  return {
    run_id: record.runId,
    stage: record.stage,
    state: record.state,
    command: record.command,
    reasons: JSON.stringify(record.reasons),
    started_at: record.startedAt,
    duration_ms: record.durationMs,
    log_path: record.logPath,
    exit_code: exitCode,
    peak_memory: peakMemory,
    environment: environment === null ? null : JSON.stringify(environment),
    inputs: JSON.stringify(record.inputs),
    outputs: JSON.stringify(record.outputs),
    params: JSON.stringify(record.params),
    error: record.error === null ? null : JSON.stringify(record.error),
  }
}

function toStage(row: StageRow): StageRecord {
  return {
    runId: row.run_id as RunId,
    stage: row.stage,
    state: row.state as StageState,
    command: row.command,
    reasons: JSON.parse(row.reasons) as readonly Reason[],
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    logPath: row.log_path,
    measures: measuresOf(row),
    inputs: JSON.parse(row.inputs) as readonly PathRecord[],
    outputs: JSON.parse(row.outputs) as readonly PathRecord[],
    params: JSON.parse(row.params) as JsonObject,
    error: row.error === null ? null : (JSON.parse(row.error) as RunError),
  }
}

function measuresOf({ exit_code, peak_memory, environment }: StageRow): Measures {
  return {
    exitCode: exit_code,
    peakMemory: peak_memory,
    environment: environment === null ? null : (JSON.parse(environment) as RunEnvironment),
  }
}

/** The stages that read or wrote a content, newest run first. */
export async function findStagesOf(query: Query, md5: string): Promise<readonly StageRecord[]> {
  const rows = await query
    .withTables<PipelineTables>()
    .selectFrom('pipelines_stages')
    .selectAll()
    .where((where) =>
      where.or([where('inputs', 'like', `%"${md5}"%`), where('outputs', 'like', `%"${md5}"%`)]),
    )
    .orderBy('run_id', 'desc')
    .limit(200)
    .execute()
  return rows.map(toStage)
}
