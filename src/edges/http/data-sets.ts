import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toIso } from '../../base/time.ts'
import {
  dataHistory,
  type DataProject,
  dataStatus,
  type DataVersion,
  openDataProject,
  selectOuts,
  type TrackedOut,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import { listReports, type StoredReport } from '../../capabilities/validation/index.ts'
import type { ContractStanding, DataSet, DataState } from './contract.ts'
import type { ApiDeps } from './deps.ts'

export type DataDeps = Pick<
  ApiDeps,
  'database' | 'project' | 'workspace' | 'analytics' | 'registry'
>

/** Opens the project for one answer; null where there is no data in versions. */
export async function withData<Answer>(
  { workspace: { root, stateDir } }: Pick<ApiDeps, 'workspace'>,
  work: (project: DataProject) => Promise<Answer>,
): Promise<Answer | null> {
  if (!existsSync(join(root, '.dvc'))) return null
  const project = openDataProject(root, { stateDir })
  try {
    return await work(project)
  } finally {
    project.close()
  }
}

/** What is kept in the cache: how it stands, its newest version, what it was checked for. */
export async function readDataSets(
  deps: DataDeps,
  project: DataProject,
): Promise<readonly DataSet[]> {
  const outs = await selectOuts(project, [], { readStageOuts })
  const states = await readStates(project)
  const history = Map.groupBy(await dataHistory(project), ({ dataset }) => dataset)
  const sets = outs.map(async (out): Promise<DataSet> => {
    const [report] = await listReports(deps.database.query, { dataset: out.path, limit: 1 })
    const versions = history.get(out.path) ?? []
    return { ...describe(out, states), ...newest(versions), ...used(deps, out.path, report) }
  })
  return (await Promise.all(sets)).toSorted(
    (a, b) => RANK[a.kind] - RANK[b.kind] || a.path.localeCompare(b.path),
  )
}

/** What people brought comes before what stages make of it. */
const RANK: Readonly<Record<DataSet['kind'], number>> = { data: 0, import: 1, stage: 2 }

function describe(
  { path, hash, declaredBy, isImport }: TrackedOut,
  states: ReadonlyMap<string, DataState>,
) {
  const kind = isImport ? 'import' : declaredBy.endsWith('.dvc') ? 'data' : 'stage'
  return {
    path,
    declared_by: declaredBy,
    kind: kind as DataSet['kind'],
    state: states.get(path) ?? (hash === null ? ('new' as const) : ('unchanged' as const)),
    md5: hash?.md5 ?? null,
    size: hash?.size ?? null,
    nfiles: hash?.nfiles ?? null,
  }
}

function newest(versions: readonly DataVersion[]) {
  const [latest] = versions
  return {
    versions: versions.length,
    changed_at: latest === undefined ? null : toIso(latest.committedAt),
    commit: latest?.commit ?? null,
  }
}

function used({ project }: Pick<ApiDeps, 'project'>, path: string, report?: StoredReport) {
  const models = Object.entries(project().models).filter(([, { train }]) => train?.data === path)
  return {
    models: models.map(([name]) => name),
    contract: models.find(([, { data }]) => data !== undefined)?.[1].data?.contract ?? null,
    checked: report === undefined ? null : standingOf(report),
  }
}

function standingOf(report: StoredReport): ContractStanding {
  const { id, verdict, failures, checks, checkedAt, file } = report
  return {
    report_id: id,
    verdict,
    failures,
    checks: checks.length,
    at: toIso(checkedAt),
    file,
  }
}

/** By path, what is not as its version says. */
async function readStates(project: DataProject): Promise<ReadonlyMap<string, DataState>> {
  const { uncommitted, notInCache } = await dataStatus(project, { readStageOuts })
  const plain = (path: string): string => path.replace(/\/$/, '')
  const absent = new Set(notInCache.map(plain))
  const states = new Map<string, DataState>()
  for (const path of uncommitted.modified ?? []) states.set(plain(path), 'modified')
  for (const path of (uncommitted.deleted ?? []).map(plain))
    states.set(path, absent.has(path) ? 'missing' : 'deleted')
  return states
}
