import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'

export interface TrackingDeps {
  readonly database: Database
  readonly clock: Clock
  readonly publish: Publish
  /** What new experiments' artifact locations begin with, without a slash at the end; the artifact proxy unless given. */
  readonly artifactRoot?: string | undefined
}
