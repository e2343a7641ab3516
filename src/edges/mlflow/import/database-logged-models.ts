import { LOGGED_MODEL_STATUSES } from '../../../capabilities/tracking/index.ts'
import type { ForeignDatabase, ForeignRow } from '../../../storage/database/foreign.ts'
import { all, hasTable, number, numberOrNull, text, textOrNull, toKeyValue } from './columns.ts'
import type { SourceLoggedModel } from './source.ts'

const MODELS_AT_ONCE = 100

/** The logged models of an experiment (MLflow 3), by id. */
export async function* databaseLoggedModels(
  db: ForeignDatabase,
  experimentId: string,
): AsyncIterable<SourceLoggedModel> {
  if (!(await hasTable(db, 'logged_models'))) return
  let last = ''
  for (;;) {
    const rows = await all(
      db,
      `select * from logged_models where experiment_id = cast(? as bigint) and model_id > ? order by model_id limit ${MODELS_AT_ONCE}`,
      [experimentId, last],
    )
    for (const row of rows) yield await completeModel(db, row, experimentId)
    if (rows.length < MODELS_AT_ONCE) return
    last = text(rows.at(-1)?.model_id)
  }
}

async function completeModel(
  db: ForeignDatabase,
  row: ForeignRow,
  experimentId: string,
): Promise<SourceLoggedModel> {
  const id = text(row.model_id)
  const values = (table: 'param' | 'tag') =>
    all(
      db,
      `select ${table}_key as "key", ${table}_value as value from logged_model_${table}s where model_id = ?`,
      [id],
    )
  return {
    id,
    experimentId,
    name: text(row.name),
    artifactUri: text(row.artifact_location),
    status: LOGGED_MODEL_STATUSES[number(row.status, 1) - 1] ?? 'PENDING',
    modelType: textOrNull(row.model_type),
    sourceRunId: textOrNull(row.source_run_id),
    createdAt: number(row.creation_timestamp_ms),
    updatedAt: number(row.last_updated_timestamp_ms),
    isDeleted: row.lifecycle_stage === 'deleted',
    params: (await values('param')).map(toKeyValue),
    tags: (await values('tag')).map(toKeyValue),
    metrics: (await all(db, 'select * from logged_model_metrics where model_id = ?', [id])).map(
      toMetric,
    ),
  }
}

function toMetric(row: ForeignRow): SourceLoggedModel['metrics'][number] {
  return {
    runId: text(row.run_id),
    metric: {
      key: text(row.metric_name),
      // The column is null for NaN.
      value: numberOrNull(row.metric_value) ?? Number.NaN,
      at: number(row.metric_timestamp_ms),
      step: number(row.metric_step),
      datasetName: textOrNull(row.dataset_name) ?? undefined,
      datasetDigest: textOrNull(row.dataset_digest) ?? undefined,
    },
  }
}
