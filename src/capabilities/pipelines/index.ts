import { onDemand } from '../../base/on-demand.ts'

export { pipelineFiles } from './pipeline-files.ts'
export { cancelPipeline } from './cancel.ts'
export { type CommittedStage, commitStages, splitTargets } from './commit-stages.ts'
export { legacyLockFiles, migrateStages } from './migrate-stages.ts'
export { recordStageVersions } from './record-versions.ts'
export { findStage, type RemovedStage, removeStage } from './remove-stage.ts'
export { reasonText } from './decide.ts'
export type { RunEnvironment } from './environment.ts'
export { pipelineErrors } from './errors.ts'
export { type PipelineDeps, pipelineJob } from './job.ts'
export {
  repro,
  type ReproDeps,
  type ReproRequest,
  type ReproResult,
  type StageUpdate,
} from './runner.ts'
export type * from './schema.ts'
export { readStageOuts, readStagePaths } from './stage-outs.ts'
export { type Journal, openJournal } from './journal/write.ts'
export { journalIntake } from './journal/take-in.ts'
export { type ParamChanges, setParams } from './set-params.ts'
export { PIPELINE_JOB, startPipeline, type StartDeps, type StartRequest } from './start.ts'
export { type EntryChange, pipelineChanges, type StageChanges } from './stage-changes.ts'
export type { DataSource } from './data-sources.ts'
export { pipelineStatus, sourcesToVersion, type StageStatus, type StatusRequest } from './status.ts'
export { findRun, findStagesOf, listRuns, listStages, type RunFilter } from './store.ts'
export { type Dag, dagDot, dagMermaid, dagText, readDag } from './dag.ts'
export { readPipeline } from './declaration/read-pipeline.ts'
export { describeStages } from './stage-list.ts'
export { plotPage } from './reports/plot-page.ts'
export type { Plot } from './reports/plots.ts'
export type { ExperimentData, OutFacts, PathFacts } from './experiments/experiment-data.ts'
export type { Baseline } from './experiments/list-experiments.ts'
export type { BaselineState, ExperimentState } from './experiments/show-experiments.ts'
export type { FileValues } from './reports/read-reports.ts'
export { currentBranch, groupRevisions, listRevisions, WORKSPACE } from './reports/revision.ts'
export {
  diffValues,
  flattenValues,
  type FlatValues,
  roundedFloat,
  type ValueChange,
  valueText,
} from './reports/values.ts'
export { fileOfStage, lockFileOf } from './lock-file.ts'
export { addStage, freezeStages, type NewOut, type NewStage } from './stage-add.ts'
export { toJson } from './stage-result.ts'
export type { TrackStages } from './track-stages.ts'
export { toldBoth } from './track-stages.ts'

// What a single verb uses is loaded when that verb runs.
export const readPlots = onDemand(async () => (await import('./reports/plots.ts')).readPlots)
export const readMetrics = onDemand(
  async () => (await import('./reports/read-reports.ts')).readMetrics,
)
export const readParams = onDemand(
  async () => (await import('./reports/read-reports.ts')).readParams,
)
export const runFigures = onDemand(
  async () => (await import('./reports/run-figures.ts')).runFigures,
)
export const listBaselines = onDemand(
  async () => (await import('./experiments/list-experiments.ts')).listBaselines,
)
export const showExperiments = onDemand(
  async () => (await import('./experiments/show-experiments.ts')).showExperiments,
)
export const experimentsToken = onDemand(
  async () => (await import('./experiments/track-experiments.ts')).experimentsToken,
)
export const trackExperiments = onDemand(
  async () => (await import('./experiments/track-experiments.ts')).trackExperiments,
)
