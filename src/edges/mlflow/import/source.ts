import type { Tags } from '../../../capabilities/registry/index.ts'
import type {
  DatasetInput,
  KeyValue,
  Lifecycle,
  LoggedModelStatus,
  ModelLink,
  NewMetric,
  RunStatus,
} from '../../../capabilities/tracking/index.ts'

/** What an MLflow installation holds, read piece by piece, so that memory does not grow with it. */
export interface MlflowSource {
  /** Such as `file store /data/mlruns`. */
  readonly title: string
  /** How many runs there are to read, for the time that is left. */
  readonly countRuns: () => Promise<number>
  readonly experiments: () => AsyncIterable<SourceExperiment>
  readonly runs: (experimentId: string) => AsyncIterable<SourceRun>
  /** The history of all keys of a run, in pieces. */
  readonly metrics: (run: SourceRun) => AsyncIterable<readonly NewMetric[]>
  readonly loggedModels: (experimentId: string) => AsyncIterable<SourceLoggedModel>
  readonly models: () => AsyncIterable<SourceModel>
  readonly versions: (model: SourceModel) => AsyncIterable<SourceVersion>
  readonly close: () => Promise<void>
}

export interface SourceExperiment {
  readonly id: string
  readonly name: string
  readonly artifactLocation: string
  readonly lifecycle: Lifecycle
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: readonly KeyValue[]
}

export interface SourceRun {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly userId: string
  readonly status: RunStatus
  readonly startTime: number
  readonly endTime: number | null
  readonly lifecycle: Lifecycle
  readonly artifactUri: string
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  readonly datasets: readonly DatasetInput[]
  readonly modelInputs: readonly ModelLink[]
  readonly modelOutputs: readonly ModelLink[]
}

export interface SourceLoggedModel {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly artifactUri: string
  readonly status: LoggedModelStatus
  readonly modelType: string | null
  readonly sourceRunId: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly isDeleted: boolean
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  readonly metrics: readonly { readonly runId: string; readonly metric: NewMetric }[]
}

export interface SourceModel {
  /** As the source knows it. */
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: Tags
  readonly aliases: readonly { readonly alias: string; readonly version: number }[]
}

export interface SourceVersion {
  readonly version: number
  readonly description: string | null
  readonly userId: string | null
  /** `Deleted_Internal` for one that was deleted. */
  readonly stage: string
  readonly status: string
  readonly source: string
  readonly storageLocation: string | null
  readonly loggedModelId: string | null
  readonly runId: string | null
  readonly runLink: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: Tags
}

/** Something that is left where it is. `fault`: because it is broken or refused, not because we have no place for it. */
export interface Skipped {
  readonly kind: string
  readonly id: string
  readonly reason: string
  readonly fault: boolean
  readonly count?: number
}

export type Skip = (skipped: Skipped) => void

/** Reads one thing; what is wrong with it is told and it is left out. */
export type Guarded = <T>(kind: string, id: string, read: () => T | null) => T | null
