import type { Alert, Signal } from '../capabilities/alerts/index.ts'
import type { Tx } from '../storage/database/port.ts'
import { triggersOf } from './alert-triggers.ts'
import type { ModelPolicy } from './policy.ts'
import type { RetrainingRequest } from './retraining.ts'

export interface JudgingDeps {
  readonly policyOf: (model: string) => ModelPolicy | null
  /** What a monitoring report says of each rule; null when the report is gone. */
  readonly signalsOf: (reportId: string) => Promise<readonly Signal[] | null>
  readonly evaluateSignals: (input: {
    readonly model: string
    readonly signals: readonly Signal[]
    readonly causedBy: string | null
  }) => Promise<unknown>
  readonly firingAlerts: (model: string) => Promise<readonly Alert[]>
  readonly considerRetraining: (request: RetrainingRequest) => Promise<unknown>
}

export interface Judging {
  readonly model: string
  readonly reportId: string
  /** The event `monitoring.checked`. */
  readonly causedBy: string
  readonly complete: (tx: Tx) => Promise<void>
}

/**
 * From a monitoring report to alerts, and from alerts that fire, and whose condition this very report confirms, to a decision
 * on retraining. An alert that fires on through a cooldown is asked about again at each report, so that it is not forgotten.
 */
export async function judgeReport(
  deps: JudgingDeps,
  { model, reportId, causedBy, complete }: Judging,
): Promise<void> {
  const signals = (await deps.signalsOf(reportId)) ?? []
  await deps.evaluateSignals({ model, signals, causedBy })
  const policy = deps.policyOf(model)
  const active = new Set(signals.filter(isActive).map(({ rule }) => rule))
  const firing = (await deps.firingAlerts(model)).filter(({ rule }) => active.has(rule))
  const [trigger] = triggersOf(policy?.retrain, firing)
  if (trigger === undefined || policy?.train === undefined || policy.retrain === undefined) return
  const { alert, kind } = trigger
  await deps.considerRetraining({
    model,
    train: policy.train,
    retrain: policy.retrain,
    labelDelay: policy.monitor?.label_delay ?? 0,
    trigger: kind,
    evidence: { alert_id: alert.id, rule: alert.rule, report_id: reportId, summary: alert.summary },
    causedBy: alert.id,
    key: causedBy,
    alongside: complete,
  })
}

function isActive({ condition }: Signal): boolean {
  return condition === 'active'
}
