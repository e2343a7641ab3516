export type Lifecycle = 'active' | 'deleted'
export type LifecycleView = 'active' | 'deleted' | 'all'

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

export interface KeyValue {
  readonly key: string
  readonly value: string
}

export type Values = Readonly<Record<string, string>>

/** A tag that becomes what is made of what it is; `undefined` where there is none. */
export interface TagAmendment {
  readonly key: string
  readonly amend: (before: string | undefined) => string
}

export interface Experiment {
  /** A whole number as text, as MLflow's clients keep it; `0` is Default. */
  readonly id: string
  readonly name: string
  readonly artifactLocation: string
  readonly lifecycle: Lifecycle
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: Values
}

/** `value` may be NaN; infinities are kept as the largest finite numbers, as MLflow does. Time in milliseconds. */
export interface Metric {
  readonly key: string
  readonly value: number
  readonly at: number
  readonly step: number
}

/** A point of a chart that shows many runs. */
export interface RunMetric extends Metric {
  readonly runId: string
}

/** A metric as it is logged: it may also say which model it measured, on which data. */
export interface NewMetric extends Metric {
  readonly modelId?: string | undefined
  readonly datasetName?: string | undefined
  readonly datasetDigest?: string | undefined
}

export interface ModelMetric extends Metric {
  readonly modelId: string
  readonly runId: string
  readonly datasetName: string | null
  readonly datasetDigest: string | null
}

export interface Dataset {
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly schema: string | null
  readonly profile: string | null
}

export interface DatasetInput {
  readonly dataset: Dataset
  readonly tags: readonly KeyValue[]
}

export interface ModelLink {
  readonly modelId: string
  readonly step: number
}

export interface RunInfo {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly userId: string
  readonly status: RunStatus
  readonly startTime: number
  readonly endTime: number | null
  readonly lifecycle: Lifecycle
  readonly artifactUri: string
}

export interface Run extends RunInfo {
  readonly params: Values
  readonly tags: Values
  /** The latest value of each metric: greatest step, then time, then value. */
  readonly metrics: readonly Metric[]
  readonly datasets: readonly DatasetInput[]
  readonly modelInputs: readonly ModelLink[]
  readonly modelOutputs: readonly ModelLink[]
}

export const LOGGED_MODEL_STATUSES = ['PENDING', 'READY', 'UPLOAD_FAILED'] as const
export type LoggedModelStatus = (typeof LOGGED_MODEL_STATUSES)[number]

export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly artifactUri: string
  readonly status: LoggedModelStatus
  readonly modelType: string | null
  readonly sourceRunId: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly params: Values
  readonly tags: Values
  readonly metrics: readonly ModelMetric[]
}
