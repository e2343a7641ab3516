import type { Alert, Signal } from '../capabilities/alerts/index.ts'
import type { MonitorPolicy } from '../capabilities/monitoring/index.ts'
import type { ModelPolicy } from './policy.ts'

export interface UndeclaredDeps {
  readonly policyOf: (model: string) => ModelPolicy | null
  /** All alerts that have not ended. */
  readonly openAlerts: () => Promise<readonly Alert[]>
  readonly raise: (input: {
    readonly model: string
    readonly signals: readonly Signal[]
    readonly causedBy: null
  }) => Promise<unknown>
}

/**
 * Ends the alerts of rules that ratchet.yaml no longer has: nobody looks any more, so nobody would ever say that
 * they are over.
 */
export async function endUndeclaredAlerts(deps: UndeclaredDeps): Promise<void> {
  for (const { model, rule, severity } of await deps.openAlerts()) {
    if (isWatched(deps.policyOf(model), rule)) continue
    const summary = `ratchet.yaml no longer asks for ${rule}`
    const signal: Signal = { rule, condition: 'unwatched', severity, summary, evidence: {} }
    await deps.raise({ model, signals: [signal], causedBy: null })
  }
}

/** Whether anything in the policy still makes signals of the rule. */
export function isWatched(policy: ModelPolicy | null, rule: string): boolean {
  if (policy === null) return false
  const [family = '', ...rest] = rule.split(':')
  const name = rest.join(':')
  switch (family) {
    case 'watch':
      return (policy.retrain?.on ?? []).some((on) => 'data' in on && on.data === name)
    case 'data':
      return policy.data !== undefined
    case 'quality':
      return policy.monitor?.performance !== undefined
    case 'drift':
      return policy.monitor !== undefined && isColumn(policy.monitor, name)
    case 'training':
      return policy.train !== undefined
    default:
      return true
  }
}

function isColumn({ features, prediction, target }: MonitorPolicy, name: string): boolean {
  // The columns of prediction and target are named in the data, not here.
  if (features === 'all' || prediction !== undefined || target !== undefined) return true
  return name in features
}
