import { sql } from 'kysely'
import type { JsonObject } from '../base/json.ts'
import type { Query, Tx } from '../storage/database/port.ts'
import type { EventFilter, EventId, RatchetEvent } from './schema.ts'

type EventRow = {
  seq: number
  id: string
  type: string
  subject: string
  data: string
  caused_by: string | null
  at: number
}
type EventTables = { events: EventRow }

const MOST_AT_ONCE = 1000

export function createEventStore() {
  return { append, list, find }
}

async function append(tx: Tx, event: Omit<RatchetEvent, 'seq'>): Promise<RatchetEvent> {
  const db = tx.withTables<EventTables>()
  // Writers are alone (see the port), so the next number cannot be taken twice.
  const { seq } = await db
    .insertInto('events')
    .values({
      seq: sql<number>`(select coalesce(max(seq), 0) + 1 from events)`,
      id: event.id,
      type: event.type,
      subject: event.subject,
      data: JSON.stringify(event.data),
      caused_by: event.causedBy,
      at: event.at,
    })
    .returning('seq')
    .executeTakeFirstOrThrow()
  return { ...event, seq }
}

async function list(query: Query, filter: EventFilter): Promise<readonly RatchetEvent[]> {
  let select = query.withTables<EventTables>().selectFrom('events').selectAll()
  if (filter.after !== undefined) select = select.where('seq', '>', filter.after)
  if (filter.before !== undefined) select = select.where('seq', '<', filter.before)
  if (filter.subject !== undefined) select = select.where('subject', '=', filter.subject)
  if (filter.types !== undefined) select = select.where('type', 'in', filter.types)
  if (filter.causedBy !== undefined) select = select.where('caused_by', '=', filter.causedBy)
  const rows = await select
    .orderBy('seq', filter.newestFirst === true ? 'desc' : 'asc')
    .limit(Math.min(filter.limit ?? MOST_AT_ONCE, MOST_AT_ONCE))
    .execute()
  return rows.map(toEvent)
}

async function find(query: Query, id: string): Promise<RatchetEvent | null> {
  const db = query.withTables<EventTables>()
  const row = await db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toEvent(row)
}

function toEvent(row: EventRow): RatchetEvent {
  return {
    seq: row.seq,
    id: row.id as EventId,
    type: row.type,
    subject: row.subject,
    data: JSON.parse(row.data) as JsonObject,
    causedBy: row.caused_by,
    at: row.at,
  }
}
