import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'

export interface MonitoringDeps {
  readonly database: Database
  readonly publish: Publish
  /** Project time. */
  readonly clock: Clock
}
