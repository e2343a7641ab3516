import type { FastifyReply } from 'fastify'
import { toJson } from './json.ts'

/** An answer that is JSON already, and may have been written in another thread. */
export class WrittenAnswer {
  readonly json: Uint8Array | string

  constructor(json: Uint8Array | string) {
    this.json = json
  }
}

export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  const json = body instanceof WrittenAnswer ? body.json : toJson(body)
  return reply.type('application/json').send(json)
}
