import type { FastifyReply } from 'fastify'

/** JSON as MLflow's server writes it: two spaces, unset fields left out, numbers that JSON lacks as texts. */
export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  return reply.type('application/json').send(JSON.stringify(body, specialNumbers, 2))
}

function specialNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
