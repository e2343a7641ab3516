import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { SearchColumns } from './columns/search.ts'
import type { Database } from '../../storage/database/port.ts'

export interface TrackingDeps {
  readonly database: Database
  readonly clock: Clock
  readonly publish: Publish
  /** From how many runs on an experiment is searched in memory; 1,000 when left out. */
  readonly searchInMemoryFrom?: number
  /** What new experiments' artifact locations begin with, without a slash at the end; the artifact proxy unless given. */
  readonly artifactRoot?: string | undefined
}

export interface SearchDeps extends TrackingDeps {
  readonly searchColumns: SearchColumns
}
