import type { Json } from '../../base/json.ts'
import type { EventInput } from '../../events/index.ts'
import type { PipelineRun, StageRecord } from './schema.ts'

/** A run has begun to work; said once, also when it is resumed. */
export function pipelineStarted(run: PipelineRun): EventInput {
  const { id: run_id, model, targets, params, commit, dirty } = run
  return {
    type: 'pipelines.started',
    subject: `model:${model}`,
    data: { run_id, model, targets, params, commit, dirty },
    causedBy: run.causedBy,
  }
}

/** A run is over: `succeeded`, `failed` or `cancelled`. Its outputs are named by hash; its cause is the run, whose own cause stands in its row. */
export function pipelineFinished(run: PipelineRun, stages: readonly StageRecord[]): EventInput {
  const { id: run_id, model, status, targets, params, commit } = run
  const data: Record<string, Json> = {
    run_id,
    model,
    status,
    targets,
    stages: stages.map(({ stage, state }) => ({ stage, state })),
    outputs: run.outputs.map(({ path, md5, size }) => ({ path, md5, size })),
    params,
    commit,
  }
  if (run.error !== null) data['error'] = { ...run.error }
  return { type: 'pipelines.finished', subject: `model:${model}`, data, causedBy: run.id }
}
