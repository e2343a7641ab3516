import type { Generated } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import type { Experiment, Lifecycle, Metric, RunInfo, RunStatus, Values } from './schema.ts'
import type { Point } from './series.ts'

export type ExperimentRow = {
  id: number
  name: string
  artifact_location: string
  lifecycle: string
  created_at: number
  updated_at: number
}

export type RunRow = {
  id: string
  experiment_id: number
  name: string
  user_id: string
  status: string
  start_time: number
  end_time: number | null
  lifecycle: string
  artifact_uri: string
}

type ValueRow = { run_id: string; key: string; value: string }
type ModelValueRow = { model_id: string; key: string; value: string }
export type PointRow = { at: number; step: number; value: number; is_nan: number }
type MeasuredRow = PointRow & { key: string }
/** `run` is the `seq` of a run, `key` the number of a metric key. */
type SeriesPlace = { run: number; key: number }
type SeriesRow = SeriesPlace &
  PointRow & {
    experiment: number
    started: number
    lowest: number | null
    highest: number | null
    logged: number
    in_order: number
  }
export type ModelMetricRow = MeasuredRow & {
  model_id: string
  run_id: string
  dataset_name: string
  dataset_digest: string
}

export type LoggedModelRow = {
  id: string
  experiment_id: number
  name: string
  artifact_uri: string
  status: string
  model_type: string | null
  source_run_id: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export type TrackingTables = {
  tracking_experiments: ExperimentRow
  tracking_experiment_tags: { experiment_id: number; key: string; value: string }
  tracking_runs: RunRow & { seq: Generated<number>; deleted_at: Generated<number | null> }
  tracking_purges: { path: string }
  tracking_params: ValueRow
  tracking_tags: ValueRow
  tracking_keys: { id: Generated<number>; key: string }
  tracking_points: SeriesPlace & PointRow
  tracking_series: SeriesRow
  tracking_model_metrics: ModelMetricRow
  tracking_datasets: {
    experiment_id: number
    name: string
    digest: string
    source_type: string
    source: string
    schema: string | null
    profile: string | null
  }
  tracking_run_datasets: {
    run_id: string
    name: string
    digest: string
    tags: string
    position: number
  }
  tracking_run_models: { run_id: string; model_id: string; direction: string; step: number }
  tracking_logged_models: LoggedModelRow
  tracking_logged_model_params: ModelValueRow
  tracking_logged_model_tags: ModelValueRow
}

export function tables(query: Query) {
  return query.withTables<TrackingTables>()
}

export function toExperiment(row: ExperimentRow, tags: Values): Experiment {
  return {
    id: String(row.id),
    name: row.name,
    artifactLocation: row.artifact_location,
    lifecycle: row.lifecycle as Lifecycle,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tags,
  }
}

export function toRunInfo(row: RunRow): RunInfo {
  return {
    id: row.id,
    experimentId: String(row.experiment_id),
    name: row.name,
    userId: row.user_id,
    status: row.status as RunStatus,
    startTime: row.start_time,
    endTime: row.end_time,
    lifecycle: row.lifecycle as Lifecycle,
    artifactUri: row.artifact_uri,
  }
}

/** NaN has no place in a comparison, so it is kept as a mark beside a zero; infinities become finite. */
export function toPoint({ value, at, step }: Metric): Point {
  if (Number.isNaN(value)) return { step, at, value: 0, is_nan: 1 }
  const finite = Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE)
  return { step, at, value: finite, is_nan: 0 }
}

export function toMeasured(metric: Metric): MeasuredRow {
  return { key: metric.key, ...toPoint(metric) }
}

export function toMetric(key: string, { value, at, step, is_nan }: PointRow): Metric {
  return { key, value: is_nan === 1 ? Number.NaN : value, at, step }
}

export function toValues(
  rows: readonly { readonly key: string; readonly value: string }[],
): Values {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

/** Bound lists stay below what both databases take in one statement. */
export function inChunks<T>(items: readonly T[], size = 1000): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
