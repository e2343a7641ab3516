import type { FastifyInstance } from 'fastify'
import { MLFLOW_VERSION } from './version.ts'

/** `/health` and `/version` at the root, in the words that MLflow's clients wait for. */
export function mlflowProbes(app: FastifyInstance): void {
  app.get('/health', async (_request, reply) => reply.type('text/html; charset=utf-8').send('OK'))
  app.get('/version', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(MLFLOW_VERSION),
  )
}
