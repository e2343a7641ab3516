import { createId } from '../base/ids.ts'
import type { Clock } from '../base/time.ts'
import type { Query, Tx } from '../storage/database/port.ts'
import type { EventFilter, EventId, EventInput, RatchetEvent } from './schema.ts'
import { createEventStore } from './store.ts'

/** Announces a fact in the transaction of the change that it tells of. */
export type Publish = (tx: Tx, event: EventInput) => Promise<EventId>

/** Called in the same transaction, so what it enqueues exists if and only if the event does. */
export type EventSubscriber = (tx: Tx, event: RatchetEvent) => Promise<void>

export interface EventLog {
  readonly publish: Publish
  readonly subscribe: (subscriber: EventSubscriber) => void
  readonly list: (query: Query, filter: EventFilter) => Promise<readonly RatchetEvent[]>
  readonly find: (query: Query, id: string) => Promise<RatchetEvent | null>
}

/** The log of what happened. Delivery is a job of each reaction's own, enqueued by a subscriber. */
export function createEventLog(clock: Clock): EventLog {
  const subscribers: EventSubscriber[] = []
  const store = createEventStore()
  return {
    publish: async (tx, input) => {
      const at = clock.now()
      const id: EventId = createId('evt', at)
      const event = await store.append(tx, { ...input, id, at })
      for (const subscriber of subscribers) await subscriber(tx, event)
      return id
    },
    subscribe: (subscriber) => void subscribers.push(subscriber),
    list: store.list,
    find: store.find,
  }
}
