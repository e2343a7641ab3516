import { endpointOf } from '../../automation/policy.ts'
import { toIso } from '../../base/time.ts'
import { listRollouts, type Rollout } from '../../capabilities/deployments/index.ts'
import { type GateSummary, listGates } from '../../capabilities/evaluation/index.ts'
import { CHAMPION, type ModelVersion } from '../../capabilities/registry/index.ts'
import type { Version } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { listVersions, policyOf } from './model-facts.ts'
import { MOST_ROWS } from './page.ts'

/** What became of the versions of a model. */
interface Fates {
  readonly champion: number | null
  readonly former: ReadonlySet<number>
  readonly gates: readonly GateSummary[]
  readonly rollouts: readonly Rollout[]
}

/** The newest first. @throws MODEL_UNKNOWN */
export async function listVersionRows(deps: ApiDeps, name: string): Promise<readonly Version[]> {
  const { query } = deps.database
  const endpoint = endpointOf(name, policyOf(deps, name))
  const [versions, changes, gates, rollouts] = await Promise.all([
    listVersions(deps, name),
    deps.registry.listAliasChanges(name),
    listGates(query, { model: name, limit: MOST_ROWS }),
    listRollouts(query, { endpoint, limit: MOST_ROWS }),
  ])
  const champions = changes.filter(({ alias }) => alias === CHAMPION)
  const former = new Set(champions.flatMap(({ version }) => version ?? []))
  const fates = { champion: champions.at(-1)?.version ?? null, former, gates, rollouts }
  return versions
    .toSorted((a, b) => b.version - a.version)
    .map((version) => toVersionRow(version, fates))
}

export function toVersionRow(version: ModelVersion, fates: Fates): Version {
  const gate = fates.gates.find(({ challenger }) => challenger === version.version)
  const rollout = fates.rollouts.find((candidate) => candidate.version === version.version)
  return {
    version: version.version,
    status: statusOf(version.version, fates, { gate, rollout }),
    created_at: toIso(version.createdAt),
    run_id: version.pipelineRunId ?? version.runId,
    data_hash: version.dataMd5,
    commit: version.gitCommit,
    gate_id: gate?.id ?? null,
    rollout_id: rollout?.id ?? null,
    caused_by: version.causedBy,
  }
}

export const NEW_FATES: Fates = { champion: null, former: new Set(), gates: [], rollouts: [] }

function statusOf(
  version: number,
  { champion, former }: Fates,
  { gate, rollout }: { gate: GateSummary | undefined; rollout: Rollout | undefined },
): Version['status'] {
  if (version === champion) return 'champion'
  switch (rollout?.state) {
    case 'running':
    case 'paused':
      return 'rolling_out'
    case 'aborted':
    case 'rolled_back':
      return 'rolled_back'
    case 'promoted':
    case undefined:
      break
  }
  if (former.has(version)) return 'retired'
  return gate === undefined || gate.report.verdict === 'passed' ? 'waiting' : 'refused'
}
