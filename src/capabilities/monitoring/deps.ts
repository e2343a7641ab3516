import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import type { Database } from '../../storage/database/port.ts'
import type { MonitorPolicy } from './policy.ts'

export interface MonitoringDeps {
  readonly database: Database
  readonly publish: Publish
  /** Project time. */
  readonly clock: Clock
  /** `monitor` of the model in ratchet.yaml; `null` when it is not watched. */
  readonly policyOf: (model: string) => MonitorPolicy | null
  /** The version that answers now; `null` before the first. */
  readonly championOf: (model: string) => Promise<number | null>
}
