import { readFileSync } from 'node:fs'
import { type Clock, toDate } from '../../src/base/time.ts'
import type { Registry } from '../../src/capabilities/registry/index.ts'
import { decideRoute, readRoutes, type SpoolRecord } from '../../src/capabilities/serving/index.ts'

export interface CallersDeps {
  readonly stateDir: string
  readonly clock: Clock
  readonly answerOf: (version: number) => Promise<number>
  /** Versions that fail when they are asked live. */
  readonly failsLive: ReadonlySet<number>
}

/** The one number that a version answers with. */
export function createAnswers(registry: Registry): CallersDeps['answerOf'] {
  return async (number) => {
    const version = await registry.getVersion('sales', number)
    return Number(readFileSync(await registry.versionModelPath(version), 'utf8'))
  }
}

/**
 * One caller's question, answered as the data plane does it: the routes say who answers, and the champion stands in where the
 * challenger fails. What the data plane would write into its spool; nothing before there is an endpoint.
 */
export async function ask(deps: CallersDeps, index: number): Promise<readonly SpoolRecord[]> {
  const endpoint = readRoutes(deps.stateDir)?.endpoints['sales']
  if (endpoint === undefined) return []
  const at = deps.clock.now() + index
  const id = `pred_${toDate(at)}_${index}`
  const route = decideRoute(endpoint, id)
  const failed = route.arm === 'canary' && deps.failsLive.has(route.version)
  const version = failed ? endpoint.champion.version : route.version
  const common = { at, endpoint: 'sales', model: 'sales', ms: 1 }
  const prediction: SpoolRecord = {
    ...common,
    kind: 'prediction',
    id,
    version,
    arm: failed ? 'fallback' : route.arm,
    key: id,
    rollout_id: endpoint.rollout?.rollout_id ?? null,
    inputs: { hour: [index] },
    outputs: { sales: [await deps.answerOf(version)] },
    status: 'ok',
    error: null,
    canary_error: failed ? 'INFERENCE_FAILED: out of bounds' : null,
    shadow: null,
  }
  if (route.arm !== 'control' || route.shadow === null) return [prediction]
  const { version: challenger, rollout_id } = route.shadow
  const outputs = { sales: [await deps.answerOf(challenger)] }
  const shadow = { kind: 'shadow', prediction_id: id, version: challenger } as const
  return [prediction, { ...common, ...shadow, rollout_id, outputs, error: null }]
}
