import type { RatchetEvent, EventLog } from '../events/index.ts'
import type { JobContext, JobHandler, JobSpec } from '../jobs/index.ts'
import type { Query, Tx } from '../storage/database/port.ts'

/** One line of the table: when this has happened, do that. */
export interface Reaction {
  readonly on: string
  /** Names the job, so it never changes once released. */
  readonly name: string
  readonly when?: ((event: RatchetEvent) => boolean) | undefined
  /** Done again after a crash, so it finds what an earlier try has done: by the event's id, or in one transaction with `complete`. */
  readonly run: (event: RatchetEvent, context: JobContext) => Promise<void>
}

export type Enqueue = (tx: Tx, spec: JobSpec) => Promise<unknown>

/** Each reaction to an event becomes a durable job in the transaction of that event. */
export function subscribeReactions(
  events: Pick<EventLog, 'subscribe'>,
  reactions: readonly Reaction[],
  enqueue: Enqueue,
): void {
  events.subscribe(async (tx, event) => {
    for (const reaction of reactions) {
      if (reaction.on !== event.type || reaction.when?.(event) === false) continue
      await enqueue(tx, {
        kind: jobKind(reaction),
        payload: { event: event.id },
        key: event.id,
        // One model's story is told in order; another's does not wait for it.
        lane: `loop:${modelOf(event) ?? 'all'}`,
        causedBy: event.id,
      })
    }
  })
}

export function reactionHandlers(
  reactions: readonly Reaction[],
  find: (query: Query, id: string) => Promise<RatchetEvent | null>,
  query: Query,
): readonly JobHandler[] {
  return reactions.map((reaction) => ({
    kind: jobKind(reaction),
    run: async (job, context) => {
      const { event: id } = job.payload as { event: string }
      const event = await find(query, id)
      if (event === null) throw new Error(`The event ${id} of ${job.id} is gone.`)
      await reaction.run(event, context)
    },
  }))
}

function jobKind(reaction: Reaction): string {
  return `reaction.${reaction.name}`
}

/** The model that an event is about, where it says so. */
export function modelOf(event: RatchetEvent): string | null {
  const { model } = event.data
  if (typeof model === 'string') return model
  const [kind, name] = event.subject.split(':')
  return kind === 'model' && name !== undefined ? name : null
}
