export { checkMonitor, type CheckMonitorInput } from './check-monitor.ts'
export type { MonitoringDeps } from './deps.ts'
export { monitoringErrors } from './errors.ts'
export { ingest, type IngestInput, readCursor, recordFeedback, recordPrediction } from './ingest.ts'
export { CHECK, checkHandler, checkSchedule } from './jobs.ts'
export { type MonitorPolicy, monitorPolicySchema } from './policy.ts'
export {
  countPredictions,
  findPrediction,
  type LogCounts,
  maturedRows,
  type MaturedRowsInput,
  type Prediction,
} from './predictions.ts'
export { buildReference, type Reference, type ReferenceColumns } from './reference.ts'
export {
  findReference,
  type LogReferenceInput,
  setReference,
  setReferenceFromLog,
  type SetReferenceInput,
} from './references.ts'
export type * from './report.ts'
export { findReport, latestReport, listReports, type ReportFilter } from './reports.ts'
export {
  rolloutEvidence,
  type RolloutEvidenceInput,
  type RolloutFacts,
} from './rollout-evidence.ts'
export type * from './schema.ts'
export {
  type DriftPoint,
  driftSeries,
  qualitySeries,
  type QualityPoint,
  type SeriesInput,
  traffic,
  type TrafficPoint,
} from './series.ts'
export { type MonitorSignal, signalsOf } from './signals.ts'
