import type { FastifyInstance } from 'fastify'
import type { Platform } from './platform.ts'

/** Everything that the control plane answers over HTTP. */
export async function registerRoutes(app: FastifyInstance, platform: Platform): Promise<void> {
  app.get('/ready', async (_request, reply) => {
    const ready = platform.isReady()
    return reply.code(ready ? 200 : 503).send({ ready })
  })
}
