import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { SECOND_MS, toIso } from '../../base/time.ts'
import type { RatchetEvent } from '../../events/index.ts'

export interface EventStreamDeps {
  /** Events after the position, oldest first. */
  readonly eventsAfter: (seq: number) => Promise<readonly RatchetEvent[]>
  readonly lastSeq: () => Promise<number>
}

const LOOK_EVERY_MS = 250
const SIGN_OF_LIFE_MS = 15 * SECOND_MS

const querySchema = z.object({ after: z.coerce.number().int().min(0).optional() })

/**
 * Live changes by Server-Sent Events. The position is the event's id, so a browser that lost the line says with
 * `Last-Event-ID` where it was and misses nothing.
 */
export function registerEventStream(app: FastifyInstance, deps: EventStreamDeps): void {
  app.get('/api/v1/events/stream', async (request, reply) => {
    const { after } = querySchema.parse(request.query)
    const lastId = Number(request.headers['last-event-id'] ?? Number.NaN)
    let position = Number.isSafeInteger(lastId) ? lastId : (after ?? (await deps.lastSeq()))
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    })
    raw.write(`retry: 1000\n: position ${position}\n\n`)
    let busy = false
    const look = async (): Promise<void> => {
      if (busy || raw.writableNeedDrain) return
      busy = true
      try {
        for (const event of await deps.eventsAfter(position)) {
          raw.write(frame(event))
          position = event.seq
        }
      } finally {
        busy = false
      }
    }
    // A failed look is repeated at the next tick; a lasting one shows in /ready.
    const looking = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS)
    const living = setInterval(() => raw.write(': still here\n\n'), SIGN_OF_LIFE_MS)
    raw.on('close', () => {
      clearInterval(looking)
      clearInterval(living)
    })
  })
}

function frame({ seq, id, type, subject, data, causedBy, at }: RatchetEvent): string {
  const body = { id, seq, type, subject, data, caused_by: causedBy, at: toIso(at) }
  return `id: ${seq}\nevent: change\ndata: ${JSON.stringify(body)}\n\n`
}
