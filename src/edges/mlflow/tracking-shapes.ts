import type {
  Experiment,
  LoggedModel,
  Metric,
  ModelMetric,
  Run,
  RunInfo,
  Values,
} from '../../capabilities/tracking/index.ts'

/** `undefined` for nothing: MLflow leaves empty lists out. */
export function listOrNothing<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

export function keyValueList(values: Values) {
  return listOrNothing(Object.entries(values).map(([key, value]) => ({ key, value })))
}

export function experimentShape(experiment: Experiment) {
  return {
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycle,
    last_update_time: experiment.updatedAt,
    creation_time: experiment.createdAt,
    tags: keyValueList(experiment.tags),
  }
}

export function runInfoShape(run: RunInfo) {
  return {
    run_uuid: run.id,
    experiment_id: run.experimentId,
    run_name: run.name,
    user_id: run.userId,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime ?? undefined,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycle,
    run_id: run.id,
  }
}

export function runShape(run: Run) {
  return {
    info: runInfoShape(run),
    data: {
      metrics: listOrNothing(run.metrics.map(metricShape)),
      params: keyValueList(run.params),
      tags: keyValueList(run.tags),
    },
    ...linksShape(run),
  }
}

export function linksShape(run: Pick<Run, 'datasets' | 'modelInputs' | 'modelOutputs'>) {
  return {
    inputs: {
      dataset_inputs: listOrNothing(
        run.datasets.map(({ dataset, tags }) => ({
          tags: listOrNothing(tags),
          dataset: {
            name: dataset.name,
            digest: dataset.digest,
            source_type: dataset.sourceType,
            source: dataset.source,
            schema: dataset.schema ?? undefined,
            profile: dataset.profile ?? undefined,
          },
        })),
      ),
      model_inputs: listOrNothing(run.modelInputs.map(({ modelId }) => ({ model_id: modelId }))),
    },
    outputs: {
      model_outputs: listOrNothing(
        run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })),
      ),
    },
  }
}

export function metricShape(metric: Metric) {
  return { key: metric.key, value: metric.value, timestamp: metric.at, step: metric.step }
}

function modelMetricShape(metric: ModelMetric) {
  return {
    ...metricShape(metric),
    dataset_name: metric.datasetName ?? undefined,
    dataset_digest: metric.datasetDigest ?? undefined,
    model_id: metric.modelId,
    run_id: metric.runId,
  }
}

export function loggedModelShape(model: LoggedModel) {
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactUri,
      status: `LOGGED_MODEL_${model.status}`,
      model_type: model.modelType ?? undefined,
      source_run_id: model.sourceRunId ?? undefined,
      tags: keyValueList(model.tags),
    },
    data: {
      params: keyValueList(model.params),
      metrics: listOrNothing(model.metrics.map(modelMetricShape)),
    },
  }
}
