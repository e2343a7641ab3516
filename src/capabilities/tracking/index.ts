export type { AdoptedExperiment } from './adopt-experiment.ts'
export type { AdoptedModel } from './adopt-logged-model.ts'
export type { AdoptedRun } from './adopt-run.ts'
export { importArchive, writeArchive } from './archives.ts'
export { copyRun } from './copy-run.ts'
export { ownFolder } from './artifact-folders.ts'
export { decodeFully, proxiedPath, safeArtifactPath } from './artifact-path.ts'
export { type ArtifactFile, type Artifacts, createArtifacts } from './artifacts.ts'
export type { TrackingDeps } from './deps.ts'
export { trackingErrors } from './errors.ts'
export type {
  EvaluationContent,
  EvaluationDataset,
  EvaluationRecord,
} from './evaluation-datasets/schema.ts'
export type { NewExperiment } from './experiments.ts'
export * from './filter/index.ts'
export type { KeysInUse } from './keys-in-use.ts'
export type { Batch } from './log.ts'
export type { NewLoggedModel } from './logged-models.ts'
export type { PointsText } from './history-text.ts'
export {
  checkKey,
  checkLength,
  invalidValue,
  isOtherPath,
  missingValue,
  otherPathMessage,
} from './names.ts'
export type { AnswerText } from './reading/answer-text.ts'
export type { FarRead } from './reading/far-read.ts'
export type { RunHistory } from './reading/long-reads.ts'
export { createReads, type Reads } from './reading/reads.ts'
export type { ColumnValue, RunColumn } from './run-columns.ts'
export type { RunCounts } from './run-counts.ts'
export type { RunGroup, RunGrouping } from './run-groups.ts'
export { PARENT_TAG } from './run-conditions.ts'
export type { RunTableRow, RunWindow } from './run-table.ts'
export type { RunText } from './run-text.ts'
export type { NewRun, RunChange } from './runs.ts'
export * from './schema.ts'
export type { ExperimentSearch } from './search-experiments.ts'
export type { LoggedModelOrder, LoggedModelSearch } from './search-logged-models.ts'
export type { RunSearch } from './search-runs.ts'
export type { StartedRun } from './snapshots/match.ts'
export type { RunSnapshot, Snapshot } from './snapshots/schema.ts'
export { type SnapshotDeps, snapshotRuns, type Workspace } from './snapshots/snapshot-runs.ts'
export { createTracking, type Tracking } from './tracking.ts'
export { createTraces, type Traces } from './traces/create-traces.ts'
export type { TraceSearch } from './traces/search.ts'
export * from './traces/schema.ts'
export type { Purgeable, PurgeRule } from './purgeable.ts'
