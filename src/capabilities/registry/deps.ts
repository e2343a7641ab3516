import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Blobs } from '../../storage/blobs/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { Reads } from '../tracking/index.ts'

/** A model that a client logged outside the registry: `models:/m-…`. */
export interface LoggedModelSource {
  readonly artifactUri: string
  readonly runId: string | null
}

export interface RegistryDeps {
  readonly database: Database
  readonly clock: Clock
  readonly publish: Publish
  /** The door that changes come through, for the history: `api` unless it is another. */
  readonly by?: string | undefined
  readonly blobs: Blobs
  /** Tracking's logged model, or `null` when there is none with this id. */
  readonly findLoggedModel: (modelId: string) => Promise<LoggedModelSource | null>
  /** Where the files of a run are, or `null` when there is no such run; left out, no source may be a local path. */
  readonly findRunArtifacts?: (runId: string) => Promise<string | null>
  /** Where `runs:/<id>/<path>` leads, or `null` when there is no such run; left out, such a source stays what it is. */
  readonly findRunModel?: (runId: string, path: string) => Promise<string | null>
  /** Where searches are done that may take long, shared with others of this database; their own when left out. */
  readonly reads?: Pick<Reads, 'readFar' | 'writeFar'> | undefined
  /** The local folder or file of an artifact address; `null` when it is not kept on this machine. */
  readonly localArtifacts: (uri: string) => string | null
}
