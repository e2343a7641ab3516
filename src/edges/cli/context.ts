import type { ExitCode } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Clock } from '../../base/time.ts'
import type { Registry } from '../../capabilities/registry/index.ts'
import type { Artifacts, Tracking } from '../../capabilities/tracking/index.ts'
import type { Blobs } from '../../storage/blobs/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { TrackStages } from '../../capabilities/pipelines/index.ts'
import type { ApiClient } from './api-client.ts'

/** What the project holds, opened by the command itself: also when no control plane runs. */
export interface Stores {
  readonly database: Database
  readonly clock: Clock
  readonly artifacts: Artifacts
  readonly tracking: Tracking
  readonly registry: Registry
  readonly blobs: Blobs
  readonly close: () => Promise<void>
}

/** What a command may use of the world. Made once in main/cli.ts. */
export interface CliContext {
  /** One line to standard output: the answer. */
  readonly print: (line: string) => void
  /** One line to standard error: progress, remarks. */
  readonly note: (line: string) => void
  /** The answer as one JSON document, when --json was given; else the lines. */
  readonly answer: (json: Json, lines: readonly string[]) => void
  /** From now on neither answers nor remarks: only a fault is told. */
  readonly silence: () => void
  readonly wantsJson: boolean
  readonly interactive: boolean
  readonly setExitCode: (code: ExitCode) => void
  readonly clock: Clock
  readonly cwd: string
  /** @throws PROJECT_NOT_FOUND */
  readonly projectRoot: () => string
  /** Where ratchet.yaml or `.dvc` is: enough for data and pipelines. @throws PROJECT_NOT_FOUND */
  readonly dataRoot: () => string
  /** The contract that ratchet.yaml declares for a file; null where it declares none or several. */
  readonly contractFor: (file: string) => Promise<string | null>
  /** Aborted by Ctrl-C, for work that stops cleanly. */
  readonly signal: AbortSignal
  /** `.ratchet`, or where --dir or RATCHET_DIR moved it. @throws PROJECT_NOT_FOUND */
  readonly stateDir: () => string
  /** The control plane of this project. @throws NOT_RUNNING */
  readonly api: () => ApiClient
  /** Database and artifacts; `store` for a project that keeps its state in PostgreSQL. @throws STORAGE_* */
  readonly openStores: (store?: string) => Promise<Stores>
  /** Reads ratchet.yaml and says what is wrong with it. @throws PROJECT_INVALID */
  readonly checkProject: () => Promise<{
    readonly project: string
    readonly models: readonly string[]
  }>
  /** JSON Schema of ratchet.yaml. */
  readonly projectSchema: () => Promise<Json>
  /** Follows the stages of a run as tracked runs; null where no control plane is up. */
  readonly trackStages: (runId: string) => Promise<TrackStages | null>
  /** Environment for commands that we start. */
  readonly environment: Readonly<Record<string, string>>
}
