import { join } from 'node:path'
import { endpointOf, type ModelPolicy } from '../automation/policy.ts'
import {
  type Alert,
  type AlertsDeps,
  evaluateSignals,
  listAlerts,
} from '../capabilities/alerts/index.ts'
import {
  createRoutes,
  type DeploymentsDeps,
  findEndpoint,
  NO_EVIDENCE,
  type Rollout,
  type RolloutEvidence,
  rolloutsUnderWay,
} from '../capabilities/deployments/index.ts'
import { type EvaluationDeps } from '../capabilities/evaluation/index.ts'
import { type MonitoringDeps, rolloutEvidence } from '../capabilities/monitoring/index.ts'
import { CHAMPION } from '../capabilities/registry/index.ts'
import { readGatewayState, servingPaths } from '../capabilities/serving/index.ts'
import type { ValidationDeps } from '../capabilities/validation/index.ts'
import type { Query } from '../storage/database/port.ts'
import type { Foundation } from './foundation.ts'

/** What each capability was given, wired once; its verbs are called with it. */
export interface Capabilities {
  readonly policyOf: (model: string) => ModelPolicy | null
  readonly championOf: (model: string) => Promise<number | null>
  readonly rolloutRuns: (query: Query, model: string) => Promise<boolean>
  readonly firingAlerts: (model: string) => Promise<readonly Alert[]>
  readonly openRules: (model: string) => Promise<readonly string[]>
  readonly openAlerts: () => Promise<readonly Alert[]>
  readonly raise: (input: Parameters<typeof evaluateSignals>[1]) => Promise<unknown>
  readonly writeRoutes: () => Promise<void>
  readonly deployments: DeploymentsDeps
  readonly monitoring: MonitoringDeps
  readonly alerts: AlertsDeps
  readonly evaluation: EvaluationDeps
  readonly validation: ValidationDeps
}

export interface CapabilityNeeds {
  /** Tells the data plane that the routes changed. */
  readonly pokeGateway: () => void
}

export function wireCapabilities(foundation: Foundation, needs: CapabilityNeeds): Capabilities {
  const { database, clock, project, registry, analytics } = foundation
  const { publish } = foundation.events
  const { query } = database
  const policyOf = (model: string): ModelPolicy | null => project.models[model] ?? null
  const endpoint = (model: string): string => endpointOf(model, policyOf(model))
  const championOf = async (model: string): Promise<number | null> =>
    (await findEndpoint(query, endpoint(model)))?.champion ?? null
  const routes = createRoutes({
    database,
    locateModel: locateModel(foundation),
    file: servingPaths(foundation.stateDir).routes,
    project: project.project,
    pokeGateway: needs.pokeGateway,
  })
  const alerts: AlertsDeps = {
    database,
    publish,
    clock,
    policyOf: (model) => policyOf(model)?.alerts ?? [],
  }
  return {
    policyOf,
    championOf,
    rolloutRuns: async (from, model) => (await rolloutsUnderWay(from, endpoint(model))).length > 0,
    firingAlerts: async (model) =>
      (await listAlerts(query, { model, open: true })).filter(({ state }) => state === 'firing'),
    openRules: async (model) =>
      (await listAlerts(query, { model, open: true })).map(({ rule }) => rule),
    openAlerts: () => listAlerts(query, { open: true, limit: MOST_OPEN_ALERTS }),
    raise: (input) => evaluateSignals(alerts, input),
    writeRoutes: routes.write,
    deployments: {
      database,
      publish,
      clock,
      loadEvidence: (rollout) => loadEvidence(foundation, policyOf, rollout),
      locateModel: locateModel(foundation),
      setChampion: async (tx, { model, version, causedBy }) => {
        await registry.setAliasIn(tx, { model, alias: CHAMPION, version, causedBy })
      },
      writeRoutes: routes.write,
    },
    monitoring: {
      database,
      publish,
      clock,
      policyOf: (model) => policyOf(model)?.monitor ?? null,
      championOf,
    },
    alerts,
    evaluation: { database, publish, clock },
    validation: { analytics, database, publish },
  }
}

const MOST_OPEN_ALERTS = 10_000

function locateModel({ registry }: Foundation): DeploymentsDeps['locateModel'] {
  return async (model, number) => {
    const version = await registry.getVersion(model, number)
    return { modelPath: await registry.versionModelPath(version), digest: version.digest ?? '' }
  }
}

async function loadEvidence(
  { database, stateDir }: Foundation,
  policyOf: Capabilities['policyOf'],
  rollout: Rollout,
): Promise<RolloutEvidence> {
  const { id: rolloutId, model, version, startedAt, stepStartedAt, policy } = rollout
  const facts = await rolloutEvidence(database.query, {
    rolloutId,
    model,
    version,
    since: startedAt,
    stepSince: stepStartedAt,
    metric: policyOf(model)?.monitor?.performance?.metric ?? 'mae',
    tolerance: policy.guards.disagreement?.tolerance ?? 0,
  })
  return { ...NO_EVIDENCE, ...facts, unloadable: unloadable(stateDir, model, version) }
}

/** What the data plane says of a version that it could not load. */
function unloadable(stateDir: string, model: string, version: number): string | null {
  const versions = readGatewayState(stateDir)?.versions ?? {}
  const state = versions[`${model}/${version}`]
  return state?.status === 'failed' ? state.reason : null
}

/** The contract of a model's data, as a path. */
export function contractOf({ projectRoot }: Foundation, policy: ModelPolicy): string | null {
  return policy.data === undefined ? null : join(projectRoot, policy.data.contract)
}
