import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { ColumnReads } from './columns/column-reads.ts'
import type { Run } from './schema.ts'

export interface TrackingDeps {
  readonly database: Database
  readonly clock: Clock
  readonly publish: Publish
  /** From how much on reading is done in a thread of its own; 1,000 runs and 2,000 points when left out. */
  readonly threadFrom?: { readonly runs: number; readonly points: number }
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
