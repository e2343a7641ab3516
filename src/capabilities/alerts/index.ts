export {
  acknowledge,
  type AcknowledgeInput,
  type AlertsDeps,
  evaluateSignals,
  type SignalsInput,
} from './alerts.ts'
export { alertErrors } from './errors.ts'
export { notifyHandler, type NotifyDeps } from './notify.ts'
export { type AlertsPolicy, alertsPolicySchema } from './policy.ts'
export type { Alert, AlertId, AlertState, AlertStep, Severity, Signal } from './schema.ts'
export { type AlertFilter, alertHistory, findAlert, listAlerts } from './store.ts'
