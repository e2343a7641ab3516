export { pipelineFiles } from './pipeline-files.ts'
export { reasonText } from './decide.ts'
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
export { readStageOuts } from './stage-outs.ts'
export { type ParamChanges, setParams } from './set-params.ts'
export { PIPELINE_JOB, startPipeline, type StartDeps, type StartRequest } from './start.ts'
export { pipelineStatus, type StageStatus, type StatusRequest } from './status.ts'
export { findRun, listRuns, listStages, type RunFilter } from './store.ts'
