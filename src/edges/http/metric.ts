import type { ModelPolicy } from '../../automation/policy.ts'
import type { Metric } from './contract.ts'

// Errors are in the unit of what is predicted, which ratchet.yaml names as the target.
const IN_TARGET_UNIT: readonly string[] = ['mae', 'rmse', 'bias']
const HIGHER_IS_BETTER: readonly string[] = [
  'accuracy',
  'auc',
  'f1_weighted',
  'precision',
  'recall',
]

export function metricOf(name: string, policy: ModelPolicy): Metric {
  const unit = IN_TARGET_UNIT.includes(name) ? (policy.evaluate?.target ?? '') : ''
  return { name, unit, lower_is_better: !isHigherBetter(name) }
}

export function isHigherBetter(metric: string | null): boolean {
  return metric !== null && HIGHER_IS_BETTER.includes(metric)
}
