import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import { listAlerts } from '../../capabilities/alerts/index.ts'
import { rolloutsUnderWay } from '../../capabilities/deployments/index.ts'
import { listJobs } from '../../jobs/index.ts'
import type { Status } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { lastSeq } from './events.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS } from './page.ts'

export function registerStatus(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.status, () => readStatus(deps))
}

async function readStatus(deps: ApiDeps): Promise<Status> {
  const { database, clock, version, dataPlane } = deps
  const { query } = database
  const { name, models } = deps.project()
  // First the position: what happens while the rest is read is then in the stream, not lost between the two.
  const last_seq = await lastSeq(deps)
  const [rollouts, alerts, jobs] = await Promise.all([
    rolloutsUnderWay(query),
    listAlerts(query, { open: true, limit: MOST_ROWS }),
    listJobs(query, { state: 'running', limit: MOST_ROWS }),
  ])
  const now = toIso(clock.now())
  return {
    project: name,
    version,
    time: now,
    replay: clock.mode === 'replay' ? { now } : null,
    data_plane: dataPlane(),
    counts: {
      models: Object.keys(models).length,
      rollouts_running: rollouts.length,
      alerts_firing: alerts.filter(({ state }) => state === 'firing').length,
      jobs_running: jobs.length,
    },
    last_seq,
  }
}
