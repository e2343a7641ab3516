import { endpointOf, type ModelPolicy } from '../../automation/policy.ts'
import { RatchetError } from '../../base/errors.ts'
import { automationErrors } from '../../automation/errors.ts'
import { isPaused } from '../../automation/store.ts'
import { type Alert, listAlerts } from '../../capabilities/alerts/index.ts'
import {
  type Endpoint,
  findEndpoint,
  type Rollout,
  rolloutsUnderWay,
} from '../../capabilities/deployments/index.ts'
import { latestReport, type MonitorReport } from '../../capabilities/monitoring/index.ts'
import { listRuns, type PipelineRun } from '../../capabilities/pipelines/index.ts'
import { type AliasChange, CHAMPION, type ModelVersion } from '../../capabilities/registry/index.ts'
import type { ApiDeps } from './deps.ts'
import { DECISION_TYPES } from './sentences.ts'
import { type ToldEvent, toldEvents } from './told-events.ts'

/** What is read once of a model, for its row and its page. */
export interface ModelFacts {
  readonly name: string
  readonly policy: ModelPolicy
  readonly endpoint: Endpoint | null
  readonly versions: readonly ModelVersion[]
  /** Changes of the champion, oldest first. */
  readonly champions: readonly AliasChange[]
  readonly rollout: Rollout | null
  readonly report: MonitorReport | null
  readonly openAlerts: readonly Alert[]
  /** The newest training; null before the first. */
  readonly run: PipelineRun | null
  readonly paused: boolean
  readonly newest: ToldEvent | null
}

/** What a model is asked for by name. @throws MODEL_UNKNOWN */
export function policyOf(deps: Pick<ApiDeps, 'project'>, name: string): ModelPolicy {
  const { models } = deps.project()
  const policy = Object.hasOwn(models, name) ? models[name] : undefined
  if (policy !== undefined) return policy
  throw automationErrors.MODEL_UNKNOWN({ detail: `"${name}" is not a model of this project.` })
}

/** A model that is declared and has no version yet is not in the registry. */
export async function listVersions(
  { registry }: Pick<ApiDeps, 'registry'>,
  name: string,
): Promise<readonly ModelVersion[]> {
  try {
    return await registry.listVersions(name)
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'REGISTRY_UNKNOWN') return []
    throw error
  }
}

/** @throws MODEL_UNKNOWN */
export async function readModel(deps: ApiDeps, name: string): Promise<ModelFacts> {
  const { query } = deps.database
  const policy = policyOf(deps, name)
  const endpoint = endpointOf(name, policy)
  const [found, versions, changes, [rollout], report, openAlerts, [run], paused, [newest]] =
    await Promise.all([
      findEndpoint(query, endpoint),
      listVersions(deps, name),
      deps.registry.listAliasChanges(name),
      rolloutsUnderWay(query, endpoint),
      latestReport(query, name),
      listAlerts(query, { model: name, open: true }),
      listRuns(query, { model: name, limit: 1 }),
      isPaused(query, name),
      toldEvents(deps, { model: name, types: DECISION_TYPES, limit: 1 }),
    ])
  return {
    name,
    policy,
    endpoint: found,
    versions,
    champions: changes.filter(({ alias }) => alias === CHAMPION),
    rollout: rollout ?? null,
    report,
    openAlerts,
    run: run ?? null,
    paused,
    newest: newest ?? null,
  }
}

export interface ChampionFact {
  readonly version: number
  readonly since: number
}

/** The version that answers: the endpoint's, or the registry's where nothing is deployed. */
export function championOf({ endpoint, champions }: ModelFacts): ChampionFact | null {
  const last = champions.at(-1)
  const version = endpoint?.champion ?? last?.version ?? null
  if (version === null) return null
  const change = champions.findLast((candidate) => candidate.version === version)
  return { version, since: change?.at ?? 0 }
}
