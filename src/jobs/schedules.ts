import { Cron } from 'croner'
import { errorMessage } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Query, Tx } from '../storage/database/port.ts'
import { jobErrors } from './errors.ts'
import type { Schedule, ScheduleSpec } from './schema.ts'
import { insertJob } from './store.ts'

type ScheduleRow = {
  name: string
  cron: string
  timezone: string
  kind: string
  payload: string
  next_at: number
  last_at: number | null
  paused: number
}
type ScheduleTables = { jobs_schedules: ScheduleRow }

/** The next moment after `afterMs`, in the time zone given. @throws JOB_CRON_INVALID */
export function nextTick(cron: string, timezone: string, afterMs: number): number {
  try {
    const next = new Cron(cron, { timezone, paused: true }).nextRun(toDateObject(afterMs))
    if (next !== null) return next.getTime()
  } catch (error) {
    throw jobErrors.JOB_CRON_INVALID({ detail: `"${cron}": ${errorMessage(error)}`, cause: error })
  }
  throw jobErrors.JOB_CRON_INVALID({ detail: `"${cron}" never comes` })
}

// croner reads a Date only; it is made from the project's clock, not from the machine's.
function toDateObject(ms: number): Date {
  const date = new Date(0)
  date.setTime(ms)
  return date
}

/** Creates a schedule or changes it; an unchanged one keeps its next tick. */
export async function putSchedule(tx: Tx, spec: ScheduleSpec, now: number): Promise<void> {
  const db = tx.withTables<ScheduleTables>()
  const timezone = spec.timezone ?? 'UTC'
  const next_at = nextTick(spec.cron, timezone, now)
  const payload = JSON.stringify(spec.payload)
  const { name, cron, kind } = spec
  const row = { name, cron, timezone, kind, payload, next_at, last_at: null, paused: 0 }
  const known = await db
    .selectFrom('jobs_schedules')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst()
  if (known === undefined) await db.insertInto('jobs_schedules').values(row).execute()
  else if (known.cron !== cron || known.timezone !== timezone || known.payload !== payload)
    await db
      .updateTable('jobs_schedules')
      .set({ cron, timezone, kind, payload, next_at })
      .where('name', '=', name)
      .execute()
}

export async function removeSchedule(tx: Tx, name: string): Promise<void> {
  await tx
    .withTables<ScheduleTables>()
    .deleteFrom('jobs_schedules')
    .where('name', '=', name)
    .execute()
}

export async function listSchedules(query: Query): Promise<readonly Schedule[]> {
  const db = query.withTables<ScheduleTables>()
  const rows = await db.selectFrom('jobs_schedules').selectAll().orderBy('name').execute()
  return rows.map((row) => ({
    name: row.name,
    cron: row.cron,
    timezone: row.timezone,
    kind: row.kind,
    payload: JSON.parse(row.payload) as Json,
    nextAt: row.next_at,
    lastAt: row.last_at,
    paused: row.paused === 1,
  }))
}

/** Enqueues a job for each schedule that is due. Ticks missed while nobody looked become one. */
export async function fireDue(tx: Tx, now: number): Promise<number> {
  const db = tx.withTables<ScheduleTables>()
  const due = await db
    .selectFrom('jobs_schedules')
    .selectAll()
    .where('next_at', '<=', now)
    .where('paused', '=', 0)
    .execute()
  for (const row of due) {
    const payload = JSON.parse(row.payload) as Json
    const key = `${row.name}@${row.next_at}`
    // The lane of its name: a job that takes longer than its period does not meet the next.
    await insertJob(tx, { kind: row.kind, payload, key, lane: row.name, causedBy: null }, now)
    const next_at = nextTick(row.cron, row.timezone, now)
    await db
      .updateTable('jobs_schedules')
      .set({ next_at, last_at: now })
      .where('name', '=', row.name)
      .execute()
  }
  return due.length
}

/** Whether any schedule is due, without taking the writer's place. */
export async function anyDue(query: Query, now: number): Promise<boolean> {
  const db = query.withTables<ScheduleTables>()
  const row = await db
    .selectFrom('jobs_schedules')
    .select('name')
    .where('next_at', '<=', now)
    .where('paused', '=', 0)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
