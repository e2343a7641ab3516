import type { Tx } from '../../storage/database/port.ts'
import type { Adoption } from './adopt-experiment.ts'
import { putModelMetrics } from './metrics.ts'
import type { KeyValue, LoggedModel, NewMetric } from './schema.ts'
import { tables } from './store.ts'

/** A logged model that was made elsewhere. */
export interface AdoptedModel extends Omit<LoggedModel, 'params' | 'tags' | 'metrics'> {
  readonly deletedAt: number | null
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  /** By the run that measured it. */
  readonly metrics: readonly { readonly runId: string; readonly metric: NewMetric }[]
}

/** Takes over a logged model with its id. One that is there keeps its values and gets those that it lacks. */
export async function adoptLoggedModel(tx: Tx, model: AdoptedModel): Promise<Adoption> {
  const inserted = await tables(tx)
    .insertInto('tracking_logged_models')
    .values({
      id: model.id,
      experiment_id: Number(model.experimentId),
      name: model.name,
      artifact_uri: model.artifactUri,
      status: model.status,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      created_at: model.createdAt,
      updated_at: model.updatedAt,
      deleted_at: model.deletedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  await addValues(tx, 'tracking_logged_model_params', model.id, model.params)
  await addValues(tx, 'tracking_logged_model_tags', model.id, model.tags)
  for (const { runId, metric } of model.metrics)
    await putModelMetrics(tx, runId, [{ ...metric, modelId: model.id }])
  return { id: model.id, isNew: inserted !== undefined }
}

async function addValues(
  tx: Tx,
  table: 'tracking_logged_model_params' | 'tracking_logged_model_tags',
  id: string,
  values: readonly KeyValue[],
): Promise<void> {
  for (const { key, value } of values)
    await tables(tx)
      .insertInto(table)
      .values({ model_id: id, key, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
