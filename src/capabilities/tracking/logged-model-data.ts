import type { Query } from '../../storage/database/port.ts'
import type { LoggedModel, LoggedModelStatus, ModelMetric } from './schema.ts'
import { inChunks, type LoggedModelRow, tables, toMetric, toValues } from './store.ts'

export type LoggedModelValues = 'tracking_logged_model_params' | 'tracking_logged_model_tags'

/** Adds params, tags and metrics with three queries for each thousand. */
export async function completeLoggedModels(
  query: Query,
  rows: readonly LoggedModelRow[],
): Promise<readonly LoggedModel[]> {
  const models: LoggedModel[] = []
  for (const chunk of inChunks(rows)) models.push(...(await completeChunk(query, chunk)))
  return models
}

async function completeChunk(
  query: Query,
  rows: readonly LoggedModelRow[],
): Promise<readonly LoggedModel[]> {
  const db = tables(query)
  const ids = rows.map((row) => row.id)
  const values = async (table: LoggedModelValues) =>
    Map.groupBy(
      await db.selectFrom(table).selectAll().where('model_id', 'in', ids).orderBy('key').execute(),
      (row) => row.model_id,
    )
  const params = await values('tracking_logged_model_params')
  const tags = await values('tracking_logged_model_tags')
  const metrics = Map.groupBy(await metricsOf(query, ids), (metric) => metric.modelId)
  return rows.map((row) => ({
    id: row.id,
    experimentId: String(row.experiment_id),
    name: row.name,
    artifactUri: row.artifact_uri,
    status: row.status as LoggedModelStatus,
    modelType: row.model_type,
    sourceRunId: row.source_run_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    params: toValues(params.get(row.id) ?? []),
    tags: toValues(tags.get(row.id) ?? []),
    metrics: metrics.get(row.id) ?? [],
  }))
}

async function metricsOf(query: Query, ids: readonly string[]): Promise<readonly ModelMetric[]> {
  const rows = await tables(query)
    .selectFrom('tracking_model_metrics')
    .selectAll()
    .where('model_id', 'in', ids)
    .orderBy('key')
    .orderBy('at')
    .execute()
  return rows.map((row) => ({
    ...toMetric(row.key, row),
    modelId: row.model_id,
    runId: row.run_id,
    datasetName: row.dataset_name === '' ? null : row.dataset_name,
    datasetDigest: row.dataset_digest === '' ? null : row.dataset_digest,
  }))
}
