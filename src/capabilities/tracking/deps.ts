import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { ColumnReads } from './columns/column-reads.ts'
import type { Reads, ReadsDeps } from './reading/reads.ts'
import type { Run } from './schema.ts'

export interface TrackingDeps extends ReadsDeps {
  readonly clock: Clock
  readonly publish: Publish
  /** Those that others of this database have too, so that there is one thread; its own when left out. */
  readonly reads?: Reads | undefined
  /** What new experiments' artifact locations begin with, without a slash at the end; the artifact proxy unless given. */
  readonly artifactRoot?: string | undefined
  /** Told of each run that a client started, after it was stored; it must return at once. */
  readonly runStarted?: ((run: Run, client: string | null) => void) | undefined
}

/** What a read stands on that may look at very many runs. */
export interface SearchDeps {
  readonly database: Pick<Database, 'query' | 'dialect'>
  /** `null` where nothing is kept in memory and SQL searches. */
  readonly columns: ColumnReads | null
}
