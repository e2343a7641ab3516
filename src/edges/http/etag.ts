import type { FastifyInstance } from 'fastify'
import { sha256 } from '../../base/hash.ts'

/** Reads carry a tag of their content; who sends it back and has nothing to learn gets 304 without a body. */
export function tagReads(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200 || typeof payload !== 'string')
      return payload
    const tag = `"${sha256(payload).slice(0, 32)}"`
    void reply.header('etag', tag).header('cache-control', 'no-cache')
    if (!knows(request.headers['if-none-match'], tag)) return payload
    void reply.code(304).removeHeader('content-length')
    return ''
  })
}

function knows(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((known) => known.trim().replace(/^W\//, '') === tag)
}
