import type { FastifyInstance } from 'fastify'
import { toIso } from '../../base/time.ts'
import {
  currentStep,
  findRollout,
  formatStep,
  listRollouts,
  type Rollout as StoredRollout,
  viewRollout,
} from '../../capabilities/deployments/index.ts'
import { listGates } from '../../capabilities/evaluation/index.ts'
import type { Rollout, RolloutSummary } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'
import { toEvidence, toGuard } from './rollout-evidence.ts'

const BY_HAND = {
  pause: 'Paused',
  resume: 'Resumed',
  promote: 'Promoted',
  abort: 'Aborted',
} as const

export function registerRollouts(app: FastifyInstance, deps: ApiDeps): void {
  handle(app, operations.rollouts, async ({ query: asked }) => {
    const rollouts = await listRollouts(deps.database.query, { limit: MOST_ROWS })
    const wanted = rollouts.filter(
      ({ model, state }) =>
        (asked.model === undefined || model === asked.model) &&
        (asked.state === undefined || state === asked.state),
    )
    const page = pageOf(wanted, asked, ({ id }) => id)
    return { ...page, items: page.items.map(toSummary) }
  })
  handle(app, operations.rollout, async ({ params }) =>
    toRollout(deps, await mustFind(deps, params.id)),
  )
  handle(app, operations.rolloutAction, async ({ params: { id, action }, body }) => {
    await mustFind(deps, id)
    const reason = body.reason ?? `${BY_HAND[action]} by hand`
    const change = { rolloutId: id, reason, causedBy: null }
    return toRollout(deps, await deps.commands.rollouts[action](change))
  })
}

async function mustFind({ database }: ApiDeps, id: string): Promise<StoredRollout> {
  const rollout = await findRollout(database.query, id)
  if (rollout === null) throw httpErrors.NOT_FOUND({ detail: `There is no rollout ${id}.` })
  return rollout
}

async function toRollout(deps: ApiDeps, rollout: StoredRollout): Promise<Rollout> {
  const { steps, split, sequence, actions } = viewRollout(rollout)
  const { model, version, startedAt } = rollout
  const policy = deps.project().models[model] ?? {}
  const gates = await listGates(deps.database.query, { model, challenger: version })
  return {
    ...toSummary(rollout),
    reason: rollout.reason,
    steps: steps.map((step) => ({ ...step, from: time(step.from), to: time(step.to) })),
    split,
    evidence: sequence === null ? null : toEvidence(sequence, rollout, policy),
    guards: rollout.guards.map((guard) => toGuard(guard, policy)),
    actions,
    gate_id: gates.find(({ at }) => at <= startedAt)?.id ?? null,
  }
}

function time(ms: number | null): string | null {
  return ms === null ? null : toIso(ms)
}

function toSummary(rollout: StoredRollout): RolloutSummary {
  const { id, endpoint, model, version, champion, state, startedAt, endedAt, causedBy } = rollout
  return {
    id,
    endpoint,
    model,
    version,
    champion,
    state,
    sentence: viewRollout(rollout).sentence,
    started_at: toIso(startedAt),
    ended_at: time(endedAt),
    step: formatStep(currentStep(rollout)),
    caused_by: causedBy,
  }
}
