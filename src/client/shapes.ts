// What the client gives back: MLflow's entities under MLflow's names, in TypeScript's spelling.

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'
export type LifecycleStage = 'active' | 'deleted'
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
export type Tags = Readonly<Record<string, string>>

export interface Experiment {
  readonly experimentId: string
  readonly name: string
  readonly artifactLocation: string
  readonly lifecycleStage: LifecycleStage
  /** Milliseconds since 1970, as all times here. */
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly tags: Tags
}

export interface Metric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
}

export interface RunInfo {
  readonly runId: string
  readonly runName: string
  readonly experimentId: string
  readonly userId: string
  readonly status: RunStatus
  readonly startTime: number
  readonly endTime: number | null
  readonly artifactUri: string
  readonly lifecycleStage: LifecycleStage
}

export interface Run {
  readonly info: RunInfo
  readonly data: {
    /** The last value of each. */
    readonly metrics: Readonly<Record<string, number>>
    readonly params: Tags
    readonly tags: Tags
  }
}

export interface FileInfo {
  readonly path: string
  readonly isDir: boolean
  /** Null for a folder. */
  readonly fileSize: number | null
}

export interface RegisteredModel {
  readonly name: string
  readonly description: string
  readonly creationTimestamp: number
  readonly lastUpdatedTimestamp: number
  readonly latestVersions: readonly ModelVersion[]
  readonly tags: Tags
  readonly aliases: Readonly<Record<string, string>>
}

export interface ModelVersion {
  readonly name: string
  readonly version: string
  readonly currentStage: string
  readonly description: string
  readonly source: string
  readonly runId: string | null
  readonly status: string
  readonly creationTimestamp: number
  readonly lastUpdatedTimestamp: number
  readonly tags: Tags
  readonly aliases: readonly string[]
}

/** A page of a list; ask again with its token for the next, until it is null. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextPageToken: string | null
}

type Wire = Readonly<Record<string, unknown>>
type WireList = readonly Wire[] | undefined

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
// MLflow writes whole numbers as numbers, and what JSON cannot say as words.
const number = (value: unknown): number => Number(value ?? 0)

function record(list: unknown): Tags {
  const entries = ((list as WireList) ?? []).map(({ key, value }) => [text(key), text(value)])
  return Object.fromEntries(entries) as Tags
}

export function toExperiment(wire: Wire): Experiment {
  return {
    experimentId: text(wire['experiment_id']),
    name: text(wire['name']),
    artifactLocation: text(wire['artifact_location']),
    lifecycleStage: text(wire['lifecycle_stage']) as LifecycleStage,
    creationTime: number(wire['creation_time']),
    lastUpdateTime: number(wire['last_update_time']),
    tags: record(wire['tags']),
  }
}

export function toMetric(wire: Wire): Metric {
  return {
    key: text(wire['key']),
    value: number(wire['value']),
    timestamp: number(wire['timestamp']),
    step: number(wire['step']),
  }
}

export function toRunInfo(wire: Wire): RunInfo {
  return {
    runId: text(wire['run_id']),
    runName: text(wire['run_name']),
    experimentId: text(wire['experiment_id']),
    userId: text(wire['user_id']),
    status: text(wire['status']) as RunStatus,
    startTime: number(wire['start_time']),
    endTime: wire['end_time'] === undefined ? null : number(wire['end_time']),
    artifactUri: text(wire['artifact_uri']),
    lifecycleStage: text(wire['lifecycle_stage']) as LifecycleStage,
  }
}

export function toRun(wire: Wire): Run {
  const data = (wire['data'] ?? {}) as Wire
  const metrics = ((data['metrics'] as WireList) ?? []).map(toMetric)
  return {
    info: toRunInfo((wire['info'] ?? {}) as Wire),
    data: {
      metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, value])),
      params: record(data['params']),
      tags: record(data['tags']),
    },
  }
}

export function toFileInfo(wire: Wire): FileInfo {
  const isDir = wire['is_dir'] === true
  return { path: text(wire['path']), isDir, fileSize: isDir ? null : number(wire['file_size']) }
}

export function toModelVersion(wire: Wire): ModelVersion {
  return {
    name: text(wire['name']),
    version: text(wire['version']),
    currentStage: text(wire['current_stage']),
    description: text(wire['description']),
    source: text(wire['source']),
    runId: wire['run_id'] === undefined ? null : text(wire['run_id']),
    status: text(wire['status']),
    creationTimestamp: number(wire['creation_timestamp']),
    lastUpdatedTimestamp: number(wire['last_updated_timestamp']),
    tags: record(wire['tags']),
    aliases: (wire['aliases'] as readonly string[] | undefined) ?? [],
  }
}

export function toRegisteredModel(wire: Wire): RegisteredModel {
  const aliases = ((wire['aliases'] as WireList) ?? []).map(({ alias, version }) => [
    text(alias),
    text(version),
  ])
  return {
    name: text(wire['name']),
    description: text(wire['description']),
    creationTimestamp: number(wire['creation_timestamp']),
    lastUpdatedTimestamp: number(wire['last_updated_timestamp']),
    latestVersions: ((wire['latest_versions'] as WireList) ?? []).map(toModelVersion),
    tags: record(wire['tags']),
    aliases: Object.fromEntries(aliases) as Tags,
  }
}

export function toPage<T>(wire: Wire, name: string, item: (one: Wire) => T): Page<T> {
  const token = text(wire['next_page_token'])
  return {
    items: ((wire[name] as WireList) ?? []).map(item),
    nextPageToken: token === '' ? null : token,
  }
}

export function tagList(tags: Tags | undefined) {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }))
}
