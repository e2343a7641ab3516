import { toIso } from '../../base/time.ts'
import {
  contentHolds,
  dataHistory,
  type DataProject,
  isCached,
  listVersions as listRecorded,
  tableOf,
} from '../../capabilities/datasets/index.ts'
import { findStagesOf, readStageOuts } from '../../capabilities/pipelines/index.ts'
import { CHAMPION, type ModelVersion } from '../../capabilities/registry/index.ts'
import type { DataSetDetail, DataVersion } from './contract.ts'
import { type DataDeps, readDataSets } from './data-sets.ts'
import { MOST_ROWS } from './page.ts'

type Plain = Omit<DataVersion, 'rows' | 'is_now' | 'is_cached' | 'models' | 'runs'>

/** Of so many versions the rows are counted: each costs a look into its file. */
const MOST_COUNTED = 30

/** A data set with all its versions: those that Git tells of, and those that only a run recorded. Null for an unknown one. */
export async function readVersions(
  deps: DataDeps,
  project: DataProject,
  path: string,
): Promise<DataSetDetail | null> {
  const set = (await readDataSets(deps, project)).find((one) => one.path === path)
  if (set === undefined) return null
  const { analytics } = deps
  const { rows, columns, fault } = await tableOf(project, path, { analytics, readStageOuts })
  const trained = await trainedVersions(deps)
  const versions: DataVersion[] = []
  for (const [index, version] of (await allVersions(deps, project, path)).entries()) {
    const cached = isCached(project, version.md5)
    const counted = cached && index < MOST_COUNTED
    const asked = `${path}@${version.md5}`
    const table = counted ? await tableOf(project, asked, { analytics, readStageOuts }) : null
    versions.push({
      ...version,
      rows: table?.rows ?? null,
      is_now: version.md5 === set.md5 && set.state !== 'modified',
      is_cached: cached,
      models: usersOf(project, version.md5, trained),
      runs: await runsOf(deps, version.md5),
    })
  }
  return { set, rows, columns, fault, versions }
}

async function allVersions(
  { database: { query } }: DataDeps,
  project: DataProject,
  path: string,
): Promise<readonly Plain[]> {
  const recorded = await listRecorded(query, { dataset: path, limit: MOST_ROWS })
  const causes = new Map(recorded.map(({ md5, causedBy }) => [md5, causedBy]))
  const committed = (await dataHistory(project, { dataset: path })).map((version): Plain => {
    const { md5, size, nfiles, commit, committedAt, author, message, names } = version
    const told = { md5, size, nfiles, commit, author, message, names }
    return { ...told, at: toIso(committedAt), caused_by: causes.get(md5) ?? null }
  })
  const known = new Set(committed.map(({ md5 }) => md5))
  const others = recorded
    .filter(({ md5 }) => !known.has(md5))
    .map(({ md5, size, nfiles, commit, createdAt, causedBy }): Plain => {
      const told = { md5, size, nfiles, commit, author: null, message: null, names: [] }
      return { ...told, at: toIso(createdAt), caused_by: causedBy }
    })
  return [...committed, ...others].toSorted((a, b) => b.at.localeCompare(a.at))
}

interface Trained {
  readonly version: ModelVersion
  readonly isChampion: boolean
}

async function trainedVersions({ registry }: DataDeps): Promise<readonly Trained[]> {
  const { items } = await registry.searchModels({ maxResults: 1000 })
  const lists = items.map(async ({ name }) => {
    const champion = await registry.findByAlias(name, CHAMPION)
    const versions = await registry.listVersions(name)
    return versions.map((version) => ({
      version,
      isChampion: version.version === champion?.version,
    }))
  })
  return (await Promise.all(lists)).flat()
}

function usersOf(project: DataProject, md5: string, trained: readonly Trained[]) {
  const hashes = new Set([md5])
  return trained
    .filter(
      ({ version: { dataMd5 } }) => dataMd5 !== null && contentHolds(project, dataMd5, hashes),
    )
    .map(({ version: { model, version }, isChampion }) => ({
      model,
      version,
      is_champion: isChampion,
    }))
}

async function runsOf({ database }: DataDeps, md5: string): Promise<readonly string[]> {
  const stages = await findStagesOf(database.query, md5)
  return [...new Set(stages.map(({ runId }) => runId))]
}
