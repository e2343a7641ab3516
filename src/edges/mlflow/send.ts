import type { FastifyReply } from 'fastify'

/** Beyond so many values nobody reads an answer without a tool, and two spaces a line would be a third of its size. */
const READABLE = 2000

/** JSON as MLflow's server writes it: two spaces, unset fields left out, numbers that JSON lacks as texts. */
export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  return reply.type('application/json').send(toJson(body))
}

function toJson(body: object): string {
  const { values, special } = lookAt(body, { values: 0, special: false })
  const indent = values > READABLE ? 0 : 2
  return JSON.stringify(body, special ? specialNumbers : undefined, indent)
}

interface Looked {
  values: number
  /** Whether some number is none that JSON has: asking each when it is written costs more than the writing. */
  special: boolean
}

function lookAt(value: unknown, looked: Looked): Looked {
  looked.values += 1
  if (typeof value === 'number') looked.special ||= !Number.isFinite(value)
  else if (Array.isArray(value)) for (const item of value) lookAt(item, looked)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) lookAt(item, looked)
  return looked
}

function specialNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
