import type { AlertsPolicy } from '../capabilities/alerts/index.ts'
import type { DeployPolicy } from '../capabilities/deployments/index.ts'
import type { EvaluatePolicy } from '../capabilities/evaluation/index.ts'
import type { MonitorPolicy } from '../capabilities/monitoring/index.ts'
import type { DataPolicy, RetrainPolicy, TrainPolicy } from './schema.ts'

/** Everything that ratchet.yaml says of one model. */
export interface ModelPolicy {
  readonly train?: TrainPolicy | undefined
  readonly data?: DataPolicy | undefined
  readonly evaluate?: EvaluatePolicy | undefined
  readonly deploy?: DeployPolicy | undefined
  readonly monitor?: MonitorPolicy | undefined
  readonly retrain?: RetrainPolicy | undefined
  readonly alerts?: AlertsPolicy | undefined
}

/** The endpoint of a model: named like the model unless ratchet.yaml says otherwise. */
export function endpointOf(model: string, policy: ModelPolicy | null): string {
  return policy?.deploy?.endpoint ?? model
}
