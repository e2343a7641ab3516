import type { Artifacts } from '../artifacts.ts'
import type { KeyValue, LoggedModel, Metric, Run, Values } from '../schema.ts'
import type { RunSnapshot } from '../snapshots/schema.ts'
import type { Tracking } from '../tracking.ts'

/** What an archive is made of. */
export interface ArchiveStores {
  readonly tracking: Pick<
    Tracking,
    | 'getRun'
    | 'getRunSnapshot'
    | 'getExperiment'
    | 'getLoggedModel'
    | 'getMetricHistory'
    | 'listModelsOfRun'
  >
  readonly artifacts: Pick<Artifacts, 'pathOf' | 'list' | 'read'>
}

const POINTS_AT_ONCE = 2000

/** The history of all metrics of a run, in pieces. */
export async function* historyOf(
  { tracking }: Pick<ArchiveStores, 'tracking'>,
  run: Run,
): AsyncIterable<readonly Metric[]> {
  for (const { key } of run.metrics) {
    let pageToken: string | undefined
    do {
      const search = { key, maxResults: POINTS_AT_ONCE, pageToken }
      const page = await tracking.getMetricHistory(run.id, search)
      if (page.items.length > 0) yield page.items
      pageToken = page.nextPageToken ?? undefined
    } while (pageToken !== undefined)
  }
}

/** Every file below an address of ours, with its path relative to it; none where another store keeps them. */
export async function* filesOf(
  { artifacts }: Pick<ArchiveStores, 'artifacts'>,
  uri: string,
): AsyncIterable<{ readonly path: string; readonly full: string }> {
  const root = artifacts.pathOf(uri)
  if (root === null) return
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const { name, isFolder } of await artifacts.list(`${root}/${folder}`)) {
      const path = `${folder}${name}`
      if (isFolder) folders.push(`${path}/`)
      else yield { path, full: `${root}/${path}` }
    }
}

export function runToDocument(run: Run, startedIn: RunSnapshot | null): object {
  const { experimentId: _, metrics: __, params, tags, ...rest } = run
  return { ...rest, params: listOf(params), tags: listOf(tags), startedIn }
}

export function modelToDocument(model: LoggedModel): object {
  const { experimentId: _, params, tags, ...rest } = model
  return { ...rest, params: listOf(params), tags: listOf(tags) }
}

export function listOf(values: Values): readonly KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }))
}
