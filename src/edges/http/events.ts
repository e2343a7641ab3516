import type { FastifyInstance } from 'fastify'
import type { RatchetEvent } from '../../events/index.ts'
import type { EventQuery } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { arrange } from './event-tree.ts'
import { registerEventStream } from './event-stream.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { matches, toEvent, toldEvents } from './told-events.ts'

type EventDeps = Pick<ApiDeps, 'database' | 'events' | 'project' | 'clock'>

/** The list of what happened, and the stream of what happens. */
export function registerEvents(app: FastifyInstance, deps: EventDeps): void {
  const { query } = deps.database
  const project = deps.project
  handle(app, operations.events, async ({ query: asked }) => {
    const last_seq = await lastSeq(deps)
    if (asked.after !== undefined) {
      const events = await eventsSince(deps, asked, asked.after)
      return { items: events.map((event) => toEvent(event, project())), last_seq }
    }
    const told = await toldEvents(deps, asked)
    const placed = await arrange(
      told.map(({ event }) => event),
      (id) => deps.events.find(query, id),
    )
    return { items: placed.map(({ event, depth }) => toEvent(event, project(), depth)), last_seq }
  })
  registerEventStream(app, {
    eventsAfter: (seq) => deps.events.list(query, { after: seq, limit: 500 }),
    lastSeq: () => lastSeq(deps),
    describe: (event) => toEvent(event, project()),
    clock: deps.clock,
  })
}

/** Everything after a position, oldest first: who follows must not miss what is quiet. */
async function eventsSince(
  deps: EventDeps,
  { before, subject, limit }: EventQuery,
  after: number,
): Promise<readonly RatchetEvent[]> {
  const exact = subject?.endsWith(':') === true ? undefined : subject
  const most = exact === subject ? limit : undefined
  const filter = { after, before, subject: exact, limit: most }
  const events = await deps.events.list(deps.database.query, filter)
  return events.filter((event) => matches(event, subject)).slice(0, limit)
}

export async function lastSeq(deps: Pick<ApiDeps, 'database' | 'events'>): Promise<number> {
  const [newest] = await deps.events.list(deps.database.query, { newestFirst: true, limit: 1 })
  return newest?.seq ?? 0
}
