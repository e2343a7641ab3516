import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { SECOND_MS, toIso } from '../../base/time.ts'
import type { RatchetEvent } from '../../events/index.ts'
import type { Clock, Event } from './contract.ts'

export interface EventStreamDeps {
  /** Events after the position, oldest first. */
  readonly eventsAfter: (seq: number) => Promise<readonly RatchetEvent[]>
  readonly lastSeq: () => Promise<number>
  readonly describe: (event: RatchetEvent) => Event
  readonly clock: { readonly now: () => number; readonly mode: 'live' | 'replay' }
}

const LOOK_EVERY_MS = 250
const SIGN_OF_LIFE_MS = 15 * SECOND_MS

const querySchema = z.object({ after: z.coerce.number().int().min(0).optional() })

/**
 * Live changes by Server-Sent Events: see contract/events.ts. The position is the event's id, so a browser that lost
 * the line says with `Last-Event-ID` where it was and misses nothing.
 */
export function registerEventStream(app: FastifyInstance, deps: EventStreamDeps): void {
  app.get('/api/v1/events/stream', async (request, reply) => {
    const { after } = querySchema.parse(request.query)
    const lastId = Number(request.headers['last-event-id'] ?? Number.NaN)
    const position = Number.isSafeInteger(lastId) ? lastId : (after ?? (await deps.lastSeq()))
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    })
    raw.write(`retry: 1000\n: position ${position}\n\n`)
    const look = createLook(deps, position, {
      write: (text) => void raw.write(text),
      isFull: () => raw.writableNeedDrain,
    })
    // A failed look is repeated at the next tick; a lasting one shows in /ready.
    const lookAgain = (): void => void look().catch(() => {})
    lookAgain()
    const looking = setInterval(lookAgain, LOOK_EVERY_MS)
    const living = setInterval(() => raw.write(': still here\n\n'), SIGN_OF_LIFE_MS)
    raw.on('close', () => {
      clearInterval(looking)
      clearInterval(living)
    })
  })
}

interface Sink {
  readonly write: (text: string) => void
  /** Whether the reader is behind: then nothing more is read for it. */
  readonly isFull: () => boolean
}

function createLook(deps: EventStreamDeps, from: number, sink: Sink): () => Promise<void> {
  let position = from
  let time: number | undefined
  let busy = false
  return async () => {
    if (busy || sink.isFull()) return
    busy = true
    try {
      const now = deps.clock.now()
      if (time === undefined || (deps.clock.mode === 'replay' && time !== now)) {
        sink.write(clockFrame({ now: toIso(now), replay: deps.clock.mode === 'replay' }))
        time = now
      }
      for (const event of await deps.eventsAfter(position)) {
        const { seq } = event
        sink.write(`id: ${seq}\nevent: happened\ndata: ${JSON.stringify(deps.describe(event))}\n\n`)
        position = seq
      }
    } finally {
      busy = false
    }
  }
}

function clockFrame(clock: Clock): string {
  return `event: clock\ndata: ${JSON.stringify(clock)}\n\n`
}
