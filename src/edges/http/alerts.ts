import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import { type Alert as StoredAlert, listAlerts } from '../../capabilities/alerts/index.ts'
import type { Alert } from './contract.ts'
import type { ApiDeps, ApiProject } from './deps.ts'
import { handle } from './handle.ts'
import { linkOf } from './links.ts'
import { alertSeverity } from './model-state.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'

const RANK = { firing: 0, pending: 1, resolved: 2 } as const

export function registerAlerts(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.alerts, async ({ query: asked }) => {
    const stored = await listAlerts(deps.database.query, { model: asked.model, limit: MOST_ROWS })
    const project = deps.project()
    const alerts = stored
      // One that went away before it fired bothered nobody.
      .filter(({ firedAt, endedAt }) => firedAt !== null || endedAt === null)
      .map((alert) => toAlert(alert, project))
      .filter(({ state }) => asked.state === undefined || state === asked.state)
      .toSorted((a, b) => RANK[a.state] - RANK[b.state])
    return pageOf(alerts, asked, ({ id }) => id)
  })
}

function toAlert(alert: StoredAlert, { models }: ApiProject): Alert {
  const { id, model, rule, firedAt, endedAt } = alert
  return {
    id,
    model,
    rule,
    state: endedAt === null ? alert.state : 'resolved',
    severity: alertSeverity(alert, models[model] ?? {}),
    sentence: alert.summary,
    started_at: toIso(alert.pendingAt),
    fired_at: firedAt === null ? null : toIso(firedAt),
    resolved_at: endedAt === null ? null : toIso(endedAt),
    caused_by: alert.causedBy,
    link: linkOf(id, 'alert'),
  }
}
