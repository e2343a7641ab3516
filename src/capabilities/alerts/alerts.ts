import { createId } from '../../base/ids.ts'
import type { Clock } from '../../base/time.ts'
import type { Publish } from '../../events/index.ts'
import { insertJob } from '../../jobs/index.ts'
import type { Database, Tx } from '../../storage/database/port.ts'
import { alertErrors } from './errors.ts'
import { alertEvent, type AlertEventType } from './events.ts'
import { type AlertsPolicy, holdOf, receivers } from './policy.ts'
import type { Alert, AlertStep, Signal } from './schema.ts'
import { decideAlert, type Transition } from './state.ts'
import { appendStep, findAlert, findOpen, saveAlert } from './store.ts'

export const NOTIFY = 'alerts.notify'

export interface AlertsDeps {
  readonly database: Database
  readonly publish: Publish
  /** Project time. */
  readonly clock: Clock
  /** `alerts` of the model in ratchet.yaml; empty when there is none. */
  readonly policyOf: (model: string) => AlertsPolicy
}

export interface SignalsInput {
  readonly model: string
  readonly signals: readonly Signal[]
  readonly causedBy: string | null
  /** Runs in the same transaction: a job completes itself here. */
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}

/** Moves the alert of each rule on, announces what changed and queues messages. @returns the alerts that changed state */
export async function evaluateSignals(
  deps: AlertsDeps,
  { model, signals, causedBy, alongside }: SignalsInput,
): Promise<readonly Alert[]> {
  return await deps.database.transaction(async (tx) => {
    const changed: Alert[] = []
    for (const signal of signals) {
      const alert = await evaluateSignal(deps, tx, { model, signal, causedBy })
      if (alert !== null) changed.push(alert)
    }
    await alongside?.(tx)
    return changed
  })
}

interface OneSignal {
  readonly model: string
  readonly signal: Signal
  readonly causedBy: string | null
}

async function evaluateSignal(deps: AlertsDeps, tx: Tx, one: OneSignal): Promise<Alert | null> {
  const now = deps.clock.now()
  const open = await findOpen(tx, one.model, one.signal.rule)
  const hold = holdOf(deps.policyOf(one.model), one.signal.rule)
  const transition = decideAlert(open, one.signal.condition, hold, now)
  const alert = applyTransition(open ?? newAlert(one, now), { ...one, transition, now })
  if (alert === null) return null
  await saveAlert(tx, alert)
  const step = stepOf(transition)
  if (step === null) return null
  await appendStep(tx, alert.id, { state: step, at: now, causedBy: one.causedBy })
  if (step === 'gone') return alert
  await deps.publish(tx, alertEvent(EVENT_OF[step], alert, one.causedBy))
  if (step !== 'pending') await queueMessages(deps, tx, alert)
  return alert
}

const EVENT_OF: Readonly<Record<Alert['state'], AlertEventType>> = {
  pending: 'alerts.pending',
  firing: 'alerts.fired',
  resolved: 'alerts.resolved',
}

function newAlert({ model, signal, causedBy }: OneSignal, now: number): Alert {
  return {
    id: createId('alr', now),
    model,
    rule: signal.rule,
    state: 'pending',
    severity: signal.severity,
    summary: signal.summary,
    evidence: signal.evidence,
    pendingAt: now,
    firedAt: null,
    calmSince: null,
    endedAt: null,
    seenAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    causedBy,
  }
}

interface Applied extends OneSignal {
  readonly transition: Transition
  readonly now: number
}

/** The alert after the transition; `null` when there is none to keep. */
function applyTransition(alert: Alert, { signal, transition, now }: Applied): Alert | null {
  const { severity, summary, evidence } = signal
  const seen =
    signal.condition === 'active' ? { ...alert, severity, summary, evidence, seenAt: now } : alert
  switch (transition.kind) {
    case 'none':
      return null
    case 'open':
      return {
        ...seen,
        state: transition.state,
        firedAt: transition.state === 'firing' ? now : null,
      }
    case 'fire':
      return { ...seen, state: 'firing', firedAt: now }
    case 'keep':
      return { ...seen, calmSince: transition.calmSince }
    case 'drop':
      return { ...seen, state: 'resolved', endedAt: now }
    case 'resolve':
      return { ...seen, state: 'resolved', calmSince: alert.calmSince ?? now, endedAt: now }
  }
}

function stepOf(transition: Transition): AlertStep['state'] | null {
  switch (transition.kind) {
    case 'none':
    case 'keep':
      return null
    case 'open':
      return transition.state
    case 'fire':
      return 'firing'
    case 'drop':
      return 'gone'
    case 'resolve':
      return 'resolved'
  }
}

async function queueMessages(deps: AlertsDeps, tx: Tx, alert: Alert): Promise<void> {
  for (const { place, severity } of receivers(deps.policyOf(alert.model))) {
    if (severity === 'critical' && alert.severity !== 'critical') continue
    const payload = { alert_id: alert.id, state: alert.state, place }
    const key = `${alert.id}:${alert.state}:${place}`
    const spec = { kind: NOTIFY, payload, key, maxAttempts: 8, causedBy: alert.id }
    await insertJob(tx, spec, deps.clock.now())
  }
}

export interface AcknowledgeInput {
  readonly id: string
  readonly by: string
}

/** Someone has seen it and looks after it. Acknowledging again changes nothing. @throws ALERT_UNKNOWN */
export async function acknowledge(deps: AlertsDeps, { id, by }: AcknowledgeInput): Promise<Alert> {
  return await deps.database.transaction(async (tx) => {
    const alert = await findAlert(tx, id)
    if (alert === null) throw alertErrors.ALERT_UNKNOWN({ detail: `"${id}"` })
    if (alert.acknowledgedAt !== null) return alert
    const known: Alert = { ...alert, acknowledgedAt: deps.clock.now(), acknowledgedBy: by }
    await saveAlert(tx, known)
    await deps.publish(tx, alertEvent('alerts.acknowledged', known, null))
    return known
  })
}
