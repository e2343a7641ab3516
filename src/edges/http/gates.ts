import type { FastifyInstance } from 'fastify'
import { endpointOf } from '../../automation/policy.ts'
import { toIso } from '../../base/time.ts'
import { listRollouts } from '../../capabilities/deployments/index.ts'
import {
  findGate,
  type GateCheck as StoredCheck,
  type GateSummary as StoredSummary,
  listGates,
} from '../../capabilities/evaluation/index.ts'
import type { Gate, GateCheck, GateSummary } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'

export function registerGates(app: FastifyInstance, deps: ApiDeps): void {
  const { query } = deps.database
  handle(app, operations.gates, async ({ query: asked }) => {
    const gates = await listGates(query, { model: asked.model, limit: MOST_ROWS })
    const page = pageOf(gates, asked, ({ id }) => id)
    return { ...page, items: page.items.map(toSummary) }
  })
  handle(app, operations.gate, ({ params }) => readGate(deps, params.id))
}

async function readGate(deps: ApiDeps, id: string): Promise<Gate> {
  const gate = await findGate(deps.database.query, id)
  if (gate === null) throw httpErrors.NOT_FOUND({ detail: `There is no gate ${id}.` })
  const { report, comparison } = gate
  return {
    ...toSummary(gate),
    checks: report.checks.map(toCheck),
    paired: report.paired,
    rows_needed: report.rowsNeeded,
    method: report.method,
    period:
      report.period === null
        ? null
        : { from: toIso(report.period.from), to: toIso(report.period.to) },
    comparison,
    rollout_id: await rolloutOf(deps, gate),
  }
}

/** The first rollout of the challenger after the decision. */
async function rolloutOf(deps: ApiDeps, gate: StoredSummary): Promise<string | null> {
  const policy = deps.project().models[gate.model] ?? {}
  const endpoint = endpointOf(gate.model, policy)
  const rollouts = await listRollouts(deps.database.query, { endpoint, limit: MOST_ROWS })
  const after = rollouts.findLast(
    ({ version, startedAt }) => version === gate.challenger && startedAt >= gate.at,
  )
  return after?.id ?? null
}

function toSummary(gate: StoredSummary): GateSummary {
  const { id, at, model, champion, challenger, report, causedBy } = gate
  return {
    id,
    at: toIso(at),
    model,
    champion,
    challenger,
    verdict: report.verdict,
    sentence: report.sentence,
    rows: report.rows,
    caused_by: causedBy,
  }
}

function toCheck(check: StoredCheck): GateCheck {
  const { name, champion, challenger, unit, difference, asked, boundary, verdict, rows } = check
  return {
    name,
    champion,
    challenger,
    unit,
    lower_is_better: check.lowerIsBetter,
    difference,
    asked,
    boundary,
    verdict,
    rows,
    rows_needed: check.rowsNeeded,
  }
}
