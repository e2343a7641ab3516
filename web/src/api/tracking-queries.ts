import type {
  ArtifactList,
  ArtifactTable,
  ArtifactText,
  ComparedRuns,
  Experiment,
  ExperimentList,
  MetricHistory,
  ModelFile,
  RunGroups,
  RunKeys,
  RunLineage,
  RunTable,
  TrackedRun,
} from '../../../src/edges/http/contract.ts'
import { resource } from './queries.ts'

const segment = encodeURIComponent

type Values = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** `?a=1&b=x&b=y`: a list stands several times, what is undefined not at all. */
export function queryOf(values: Values): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    for (const one of typeof value === 'object' ? value : [value]) search.append(key, String(one))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** Which runs, in which order, with which values. */
export interface RunsAsked {
  readonly experiment: readonly string[]
  readonly filter?: string | undefined
  readonly view?: 'active' | 'deleted' | 'all' | undefined
  readonly parent?: string | undefined
  readonly group?: string | undefined
  readonly group_value?: string | undefined
  readonly order_by?: readonly string[] | undefined
  readonly columns?: readonly string[] | undefined
  readonly nested?: 'true' | undefined
}

/** The address of the whole table as a file. */
export function csvAddress(asked: RunsAsked): string {
  return `/api/v1/runs.csv${queryOf({ ...asked })}`
}

/** The address of all points of one metric of these runs as a file. */
export function historyCsvAddress(run: readonly string[], key: string): string {
  return `/api/v1/runs/history.csv${queryOf({ run, key })}`
}

/** A file of a run or a logged model, made harmless: as it is, in a frame, or in a frame with its scripts. */
export function rawAddress(id: string, path: string, show: 'file' | 'frame' | 'scripts'): string {
  return `/api/v1/artifacts/${segment(id)}/raw${queryOf({ path, show })}`
}

/** What the pages Experiments and Run ask of the server. */
export const trackingQueries = {
  experiments: (view: 'active' | 'deleted' | 'all') =>
    resource<ExperimentList>(`/experiments${queryOf({ view, page_size: 1000 })}`),
  experiment: (id: string) => resource<Experiment>(`/experiments/${segment(id)}`),
  runs: (asked: RunsAsked, offset: number, size: number) =>
    resource<RunTable>(`/runs${queryOf({ ...asked, offset, page_size: size })}`),
  keys: (experiment: readonly string[]) =>
    resource<RunKeys>(`/runs/keys${queryOf({ experiment })}`),
  groups: (asked: RunsAsked, by: string) => {
    const { experiment, filter, view } = asked
    const columns = asked.columns?.filter((id) => id.startsWith('metrics.'))
    return resource<RunGroups>(`/runs/groups${queryOf({ experiment, filter, view, by, columns })}`)
  },
  history: (
    run: readonly string[],
    key: string,
    points: number,
    steps?: readonly [number, number],
  ) =>
    resource<MetricHistory>(
      `/runs/history${queryOf({ run, key, points, from_step: steps?.[0], to_step: steps?.[1] })}`,
    ),
  compare: (id: readonly string[]) => resource<ComparedRuns>(`/runs/compare${queryOf({ id })}`),
  run: (id: string) => resource<TrackedRun>(`/runs/${segment(id)}`),
  runLineage: (id: string) => resource<RunLineage>(`/runs/${segment(id)}/lineage`),
  artifacts: (id: string, path: string) =>
    resource<ArtifactList>(`/artifacts/${segment(id)}${queryOf({ path })}`),
  artifactText: (id: string, path: string) =>
    resource<ArtifactText>(`/artifacts/${segment(id)}/text${queryOf({ path })}`),
  artifactTable: (id: string, path: string, offset: number) =>
    resource<ArtifactTable>(
      `/artifacts/${segment(id)}/table${queryOf({ path, offset, limit: 100 })}`,
    ),
  modelFile: (id: string, path: string) =>
    resource<ModelFile>(`/artifacts/${segment(id)}/model${queryOf({ path })}`),
}
