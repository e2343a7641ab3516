import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { countPredictions } from '../../capabilities/monitoring/index.ts'
import { listJobs } from '../../jobs/index.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { lastSeq } from './events.ts'
import { MOST_ROWS } from './page.ts'

/** What machines ask: whether it is ready, and its figures for Prometheus. */
export function registerSystem(app: FastifyInstance, deps: ApiDeps): void {
  app.get('/ready', async () => {
    const waiting = deps.notReady()
    if (waiting !== null) throw httpErrors.NOT_READY({ detail: waiting })
    await lastSeq(deps)
    return { status: 'ready' }
  })
  let figures: Promise<Registry> | undefined
  app.get('/metrics', async (_request, reply) => {
    const registry = await (figures ??= createFigures(deps))
    void reply.type(registry.contentType)
    return registry.metrics()
  })
}

const JOB_STATES = ['queued', 'running', 'failed'] as const

/** Counted when asked: the database is the truth, also after a restart. */
async function createFigures(deps: ApiDeps): Promise<Registry> {
  // Most control planes are never asked by a Prometheus.
  const { Gauge, Registry } = await import('prom-client')
  const { query } = deps.database
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'ratchet_jobs',
    help: 'Jobs by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      for (const state of JOB_STATES)
        this.set({ state }, (await listJobs(query, { state, limit: MOST_ROWS })).length)
    },
  })
  new Gauge({
    name: 'ratchet_predictions_logged',
    help: 'Predictions in the log by model, and those of them with a label.',
    labelNames: ['model', 'labelled'],
    registers,
    async collect() {
      for (const model of Object.keys(deps.project().models)) {
        const { logged, labelled } = await countPredictions(query, model)
        this.set({ model, labelled: 'no' }, logged - labelled)
        this.set({ model, labelled: 'yes' }, labelled)
      }
    },
  })
  new Gauge({
    name: 'ratchet_events',
    help: 'Events in the log.',
    registers,
    async collect() {
      this.set(await lastSeq(deps))
    },
  })
  return registry
}
