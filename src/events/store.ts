import type { JsonObject } from '../base/json.ts'
import { directOf } from '../storage/database/direct.ts'
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

// Writers are alone (see the port), so the next number cannot be taken twice.
const APPEND = `insert into events (seq, id, type, subject, data, caused_by, at)
  values ((select coalesce(max(seq), 0) + 1 from events), ?, ?, ?, ?, ?, ?) returning seq`

async function append(tx: Tx, event: Omit<RatchetEvent, 'seq'>): Promise<RatchetEvent> {
  const { id, type, subject, data, causedBy, at } = event
  const values = [id, type, subject, JSON.stringify(data), causedBy, at]
  const [row] = await directOf(tx).all<{ seq: number }>(APPEND, values)
  if (row === undefined) throw new Error('The event has no number.')
  return { ...event, seq: row.seq }
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
