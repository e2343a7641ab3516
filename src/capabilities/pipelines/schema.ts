import type { JsonObject } from '../../base/json.ts'
import type { PathHash, YamlMap, YamlValue } from '../datasets/index.ts'
import type { Measures } from './measures.ts'

/** A declared output. */
export interface StageOut {
  /** As written in dvc.yaml: from the stage's working folder. */
  readonly path: string
  readonly kind: 'out' | 'metric' | 'plot'
  /** Kept in the cache, and out of Git. */
  readonly cache: boolean
  /** Not deleted before the stage runs. */
  readonly persist: boolean
  /** The remote that it alone is pushed to. */
  readonly remote: string | null
  readonly push: boolean
  /** All that dvc.yaml says of it, such as the axes of a plot, in its order. */
  readonly flags: YamlMap
}

/** Parameters of one file; `keys` null tracks the whole file. */
export interface StageParams {
  readonly file: string
  readonly keys: readonly string[] | null
}

/** `meta.ratchet`: what a stage needs, and how often and how long it is tried. */
export interface StageHints {
  /** Real time after which the stage is stopped. */
  readonly timeoutMs: number | null
  /** How often it is tried again after it failed. */
  readonly retries: number
  /** Of the places of `-j`, how many it takes. */
  readonly cores: number
  readonly memoryBytes: number | null
  readonly gpu: number
  /** Python's packages are kept with what is known of its run. */
  readonly packages: boolean
}

/** One stage of a dvc.yaml, templates resolved. */
export interface Stage {
  /** In its file, and in the dvc.lock beside it. */
  readonly name: string
  /** Its dvc.yaml, from the project's root. */
  readonly file: string
  /** How it is told from all others: `train`, or `sub/dvc.yaml:train`. */
  readonly address: string
  /** The stage that generated it by foreach or matrix. */
  readonly group: string | null
  /** dvc.yaml says the same, without templates. */
  readonly isLiteral: boolean
  readonly cmd: string | readonly string[]
  /** From the project's root, with forward slashes; '' is the root. */
  readonly wdir: string
  readonly deps: readonly string[]
  readonly params: readonly StageParams[]
  readonly outs: readonly StageOut[]
  readonly frozen: boolean
  readonly alwaysChanged: boolean
  readonly desc: string | null
  readonly meta: YamlValue
  readonly hints: StageHints
  /** Keys that its templates took from parameter files, by file. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>
}

export interface LockedPath extends PathHash {
  readonly path: string
  /** Which version a remote that keeps versions has of it. */
  readonly cloud?: YamlMap
  /** Of a folder that is recorded file by file, in place of its hash. */
  readonly files?: readonly YamlValue[]
  /** Of a dependency `ds://name`: which version of the dataset. */
  readonly dataset?: YamlMap
}

/** What dvc.lock says of a stage: what it read and wrote when it last ran. */
export interface LockedStage {
  readonly cmd: string | readonly string[]
  readonly deps: readonly LockedPath[]
  /** Values by key by file. */
  readonly params: ReadonlyMap<string, ReadonlyMap<string, YamlValue>>
  readonly outs: readonly LockedPath[]
}

/** Why a stage runs: what changed, from what to what. Null is "absent". */
export interface Reason {
  readonly kind: 'new' | 'command' | 'dep' | 'param' | 'out' | 'always' | 'forced'
  readonly subject: string
  readonly from: string | null
  readonly to: string | null
}

export type StageAction = 'ran' | 'skipped' | 'restored'

export interface PathRecord {
  /** From the project's root. */
  readonly path: string
  readonly md5: string
  readonly size: number
}

/** What happened to one stage. */
export interface StageResult {
  readonly stage: string
  readonly action: StageAction
  readonly reasons: readonly Reason[]
  readonly command: string
  readonly startedAt: number
  readonly durationMs: number
  readonly logPath: string | null
  readonly measures: Readonly<Measures>
  readonly inputs: readonly PathRecord[]
  readonly outputs: readonly PathRecord[]
  readonly params: JsonObject
}

export type RunId = `run_${string}`
export type RunStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One execution of stages for a model: asked for, then run by a job that survives restarts. */
export interface PipelineRun {
  readonly id: RunId
  /** `shell`: a `repro` that somebody ran, which the loop knows nothing of. */
  readonly origin: 'loop' | 'shell'
  /** Empty for a run of a shell. */
  readonly model: string
  readonly targets: readonly string[]
  /** What was set in params.yaml before it ran. */
  readonly params: JsonObject
  readonly status: RunStatus
  /** Where the project stood in Git when it began. */
  readonly commit: string | null
  readonly dirty: boolean | null
  readonly causedBy: string | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** When somebody asked for its end. From then on it ends as `cancelled`, whatever dies meanwhile. */
  readonly cancelRequestedAt: number | null
  readonly error: RunError | null
  readonly outputs: readonly PathRecord[]
}

export interface RunError {
  readonly code: string
  readonly detail: string
  readonly path: string | null
  readonly next: string
}

/** `cancelled`: it was cut, and dvc.lock knows nothing of it. */
export type StageState = 'running' | 'failed' | 'cancelled' | StageAction

/** What the database keeps of one stage of a run. */
export interface StageRecord {
  readonly runId: RunId
  readonly stage: string
  readonly state: StageState
  readonly command: string
  readonly reasons: readonly Reason[]
  readonly startedAt: number
  readonly durationMs: number | null
  readonly logPath: string | null
  readonly measures: Readonly<Measures>
  readonly inputs: readonly PathRecord[]
  readonly outputs: readonly PathRecord[]
  readonly params: JsonObject
  readonly error: RunError | null
}
