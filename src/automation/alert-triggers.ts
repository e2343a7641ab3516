import type { Alert } from '../capabilities/alerts/index.ts'
import type { RetrainPolicy } from './schema.ts'

export interface AlertTrigger {
  readonly alert: Alert
  readonly kind: 'performance' | 'drift'
}

/** The alerts that the policy retrains on, the one that says most first: worse answers before moved data. */
export function triggersOf(
  policy: RetrainPolicy | undefined,
  firing: readonly Alert[],
): readonly AlertTrigger[] {
  if (policy === undefined) return []
  const onPerformance = policy.on.some((trigger) => 'performance' in trigger)
  const onDrift = policy.on.find((trigger) => 'drift' in trigger)?.drift
  const performance = firing
    .filter(({ rule }) => onPerformance && rule === 'quality')
    .map((alert) => ({ alert, kind: 'performance' as const }))
  const drift = firing
    .filter(({ rule }) => onDrift !== undefined && rule.startsWith('drift:'))
    .filter(({ severity }) => onDrift === 'any' || severity === 'critical')
    .map((alert) => ({ alert, kind: 'drift' as const }))
  return [...performance, ...drift]
}
