import type { RatchetEvent } from '../../events/index.ts'

export interface Placed {
  readonly event: RatchetEvent
  /** How many of its causes stand above it. */
  readonly depth: number
}

/** Finds an event that is not in the list, for a thread that runs through what is not told. */
export type FindEvent = (id: string) => Promise<RatchetEvent | null>

// Hidden links between two that are told: a job, a check that found nothing.
const MOST_HIDDEN = 4

/**
 * Orders events so that each stands below its cause: stories with the newest beginning first, and within one, what
 * came of it in the order in which it came.
 */
export async function arrange(
  events: readonly RatchetEvent[],
  findEvent: FindEvent,
): Promise<readonly Placed[]> {
  const parents = await findParents(events, findEvent)
  const oldestFirst = events.toSorted((a, b) => a.seq - b.seq)
  const children = Map.groupBy(oldestFirst, (event) => parents.get(event.id) ?? null)
  const placed: Placed[] = []
  const place = (event: RatchetEvent, depth: number): void => {
    placed.push({ event, depth })
    for (const child of children.get(event.id) ?? []) place(child, depth + 1)
  }
  for (const root of (children.get(null) ?? []).toReversed()) place(root, 0)
  return placed
}

async function findParents(
  events: readonly RatchetEvent[],
  findEvent: FindEvent,
): Promise<ReadonlyMap<string, string>> {
  const told = announcers(events)
  const parents = new Map<string, string>()
  for (const event of events) {
    let cause = event.causedBy
    for (let hidden = 0; cause !== null && hidden <= MOST_HIDDEN; hidden++) {
      const parent = told.get(cause)
      // A cause is older than what it causes; this also keeps the tree free of rings.
      if (parent !== undefined && parent.seq < event.seq) {
        parents.set(event.id, parent.id)
        break
      }
      cause = cause.startsWith('evt_') ? ((await findEvent(cause))?.causedBy ?? null) : null
    }
  }
  return parents
}

const NAMES = ['decision_id', 'report_id', 'gate_id', 'rollout_id', 'alert_id', 'run_id'] as const

/** Who first told of an id: events are caused by decisions, runs and alerts as often as by events. */
function announcers(events: readonly RatchetEvent[]): ReadonlyMap<string, RatchetEvent> {
  const told = new Map<string, RatchetEvent>()
  for (const event of events.toSorted((a, b) => a.seq - b.seq)) {
    told.set(event.id, event)
    for (const name of NAMES) {
      const id = event.data[name]
      if (typeof id === 'string' && !told.has(id)) told.set(id, event)
    }
  }
  return told
}
