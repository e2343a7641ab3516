import type { EventInput } from '../../events/index.ts'
import type { Alert } from './schema.ts'

export type AlertEventType =
  | 'alerts.pending'
  | 'alerts.fired'
  | 'alerts.resolved'
  | 'alerts.acknowledged'

export function alertEvent(
  type: AlertEventType,
  alert: Alert,
  causedBy: string | null,
): EventInput {
  const { id, model, rule, severity, summary, evidence } = alert
  return {
    type,
    subject: `alert:${id}`,
    data: { alert_id: id, model, rule, severity, summary, evidence },
    causedBy,
  }
}
