import { sql } from 'kysely'
import type { Database, Tx } from '../storage/database/port.ts'
import { jobErrors } from './errors.ts'
import { type JobTables, toJob } from './store.ts'
import type { Job } from './schema.ts'

export interface ClaimRequest {
  readonly worker: string
  readonly kinds: readonly string[]
  /** Project time: which jobs are due. */
  readonly now: number
  /** Real time: leases and back-off. */
  readonly realNow: number
  readonly leaseMs: number
}

/**
 * Takes the oldest due job whose lane is free, or one whose worker let the lease run out.
 * The fence rises with each claim; every later write of the worker names it.
 */
export async function claimJob(database: Database, request: ClaimRequest): Promise<Job | null> {
  if (!(await anyClaimable(database, request))) return null
  return database.transaction(async (tx) => {
    const db = tx.withTables<JobTables>()
    const candidate = await claimable(tx, request).executeTakeFirst()
    if (candidate === undefined) return null
    const row = await db
      .updateTable('jobs')
      .set({
        state: 'running',
        worker: request.worker,
        lease_until: request.realNow + request.leaseMs,
        fence: sql<number>`fence + 1`,
        attempts: sql<number>`attempts + 1`,
      })
      .where('id', '=', candidate.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return toJob(row)
  })
}

// Looking first keeps an idle worker from taking the writer's place each time it looks.
async function anyClaimable(database: Database, request: ClaimRequest): Promise<boolean> {
  return (await claimable(database.query, request).executeTakeFirst()) !== undefined
}

function claimable(query: Database['query'] | Tx, { kinds, now, realNow }: ClaimRequest) {
  const db = query.withTables<JobTables>()
  return db
    .selectFrom('jobs as job')
    .select('job.id')
    .where('job.kind', 'in', kinds)
    .where((where) =>
      where.or([
        where.and([
          where('job.state', '=', 'queued'),
          where('job.run_at', '<=', now),
          where('job.not_before', '<=', realNow),
        ]),
        where.and([where('job.state', '=', 'running'), where('job.lease_until', '<', realNow)]),
      ]),
    )
    .where((where) =>
      where.or([
        where('job.lane', 'is', null),
        where.not(
          where.exists(
            where
              .selectFrom('jobs as other')
              .select('other.id')
              .whereRef('other.lane', '=', 'job.lane')
              .whereRef('other.id', '!=', 'job.id')
              .where('other.state', '=', 'running'),
          ),
        ),
      ]),
    )
    .orderBy('job.run_at')
    .orderBy('job.id')
    .limit(1)
}

export type Held = Pick<Job, 'id' | 'fence'>

/** False when the job has been taken over or cancelled: the worker stops at once. */
export async function extendLease(
  database: Database,
  held: Held,
  leaseUntil: number,
): Promise<boolean> {
  const { numUpdatedRows } = await database.transaction((tx) =>
    heldJob(tx, held).set({ lease_until: leaseUntil }).executeTakeFirst(),
  )
  return numUpdatedRows > 0n
}

export async function writeProgress(
  database: Database,
  held: Held,
  progress: string,
): Promise<void> {
  await database.transaction((tx) => heldJob(tx, held).set({ progress }).execute())
}

/** @throws JOB_FENCED when the fence is no longer ours. */
export async function markEnded(
  tx: Tx,
  held: Held,
  { as, now }: { readonly as: 'succeeded' | 'cancelled'; readonly now: number },
): Promise<void> {
  const { numUpdatedRows } = await heldJob(tx, held)
    .set({ state: as, finished_at: now, lease_until: null, error: null })
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw jobErrors.JOB_FENCED({ detail: `${held.id} fence ${held.fence}` })
}

export interface Failure {
  readonly error: string
  readonly now: number
  /** Real time before which it is not tried again; `null` gives up. */
  readonly retryAt: number | null
}

export async function markFailed(tx: Tx, held: Held, failure: Failure): Promise<void> {
  const { error, now, retryAt } = failure
  await heldJob(tx, held)
    .set(
      retryAt === null
        ? { state: 'failed', error, finished_at: now, lease_until: null }
        : { state: 'queued', error, not_before: retryAt, lease_until: null },
    )
    .execute()
}

/** Puts back what dead workers of this machine held, so that a restart need not wait for leases. */
export async function releaseWorker(database: Database, worker: string): Promise<number> {
  const { numUpdatedRows } = await database.transaction((tx) =>
    tx
      .withTables<JobTables>()
      .updateTable('jobs')
      .set({ state: 'queued', lease_until: null, fence: sql<number>`fence + 1` })
      .where('state', '=', 'running')
      .where('worker', '=', worker)
      .executeTakeFirst(),
  )
  return Number(numUpdatedRows)
}

function heldJob(tx: Tx, { id, fence }: Held) {
  return tx
    .withTables<JobTables>()
    .updateTable('jobs')
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', 'running')
}
