import { createId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import type { Query, Tx } from '../storage/database/port.ts'
import type { Job, JobId, JobSpec, JobState } from './schema.ts'

export type JobRow = {
  id: string
  kind: string
  payload: string
  key: string | null
  lane: string | null
  state: string
  run_at: number
  not_before: number
  attempts: number
  max_attempts: number
  fence: number
  worker: string | null
  lease_until: number | null
  progress: string | null
  error: string | null
  caused_by: string | null
  created_at: number
  finished_at: number | null
}
export type JobTables = { jobs: JobRow }

export const DEFAULT_ATTEMPTS = 5

/** Adds a job at `now` (project time), or returns the one that has its key. */
export async function insertJob(tx: Tx, spec: JobSpec, now: number): Promise<JobId> {
  const db = tx.withTables<JobTables>()
  const id = createId('job', now)
  const inserted = await db
    .insertInto('jobs')
    .values({
      id,
      kind: spec.kind,
      payload: JSON.stringify(spec.payload),
      key: spec.key ?? null,
      lane: spec.lane ?? null,
      state: 'queued',
      run_at: spec.runAt ?? now,
      not_before: 0,
      attempts: 0,
      max_attempts: spec.maxAttempts ?? DEFAULT_ATTEMPTS,
      fence: 0,
      caused_by: spec.causedBy,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted !== undefined) return id
  const existing = await db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', spec.kind)
    .where('key', '=', spec.key ?? null)
    .executeTakeFirstOrThrow()
  return existing.id as JobId
}

export async function findJob(query: Query, id: string): Promise<Job | null> {
  const db = query.withTables<JobTables>()
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toJob(row)
}

export interface JobFilter {
  readonly state?: JobState | undefined
  readonly kind?: string | undefined
  readonly causedBy?: string | undefined
  readonly limit?: number | undefined
}

/** Newest first. */
export async function listJobs(query: Query, filter: JobFilter): Promise<readonly Job[]> {
  let select = query.withTables<JobTables>().selectFrom('jobs').selectAll()
  if (filter.state !== undefined) select = select.where('state', '=', filter.state)
  if (filter.kind !== undefined) select = select.where('kind', '=', filter.kind)
  if (filter.causedBy !== undefined) select = select.where('caused_by', '=', filter.causedBy)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toJob)
}

export function toJob(row: JobRow): Job {
  return {
    id: row.id as JobId,
    kind: row.kind,
    payload: JSON.parse(row.payload) as Json,
    key: row.key,
    lane: row.lane,
    state: row.state as JobState,
    runAt: row.run_at,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    fence: row.fence,
    progress: row.progress,
    error: row.error,
    causedBy: row.caused_by,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }
}

/** Real time at which the next failed job that is due by project time may be tried again. */
export async function earliestRetry(
  query: Query,
  kinds: readonly string[],
  now: number,
): Promise<number | null> {
  const db = query.withTables<JobTables>()
  const row = await db
    .selectFrom('jobs')
    .select((select) => select.fn.min('not_before').as('at'))
    .where('state', '=', 'queued')
    .where('kind', 'in', kinds)
    .where('run_at', '<=', now)
    .executeTakeFirst()
  return row?.at ?? null
}
