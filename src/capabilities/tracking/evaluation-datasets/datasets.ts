import { randomUUID } from 'node:crypto'
import { sha256 } from '../../../base/hash.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { trackingErrors } from '../errors.ts'
import { missingValue } from '../names.ts'
import type { Values } from '../schema.ts'
import type { EvaluationDataset, NewEvaluationDataset } from './schema.ts'
import { completeDatasets, evaluationTables } from './store.ts'

/** Who did it is said in this tag. */
const USER_TAG = 'mlflow.user'

/** @throws TRACKING_INVALID */
export async function createDataset(
  deps: TrackingDeps,
  { name, tags = {}, experimentIds = [] }: NewEvaluationDataset,
): Promise<EvaluationDataset> {
  if (name.trim() === '') throw missingValue('name')
  const id = `d-${randomUUID().replaceAll('-', '')}`
  return deps.database.transaction(async (tx) => {
    const now = deps.clock.now()
    const user = tags[USER_TAG] ?? null
    await evaluationTables(tx)
      .insertInto('tracking_evaluation_datasets')
      .values({
        id,
        name,
        schema: null,
        profile: null,
        digest: digestOf(name, now),
        created_at: now,
        updated_at: now,
        created_by: user,
        updated_by: user,
      })
      .execute()
    await putTags(tx, id, tags)
    await link(tx, id, experimentIds)
    return getDataset(tx, id)
  })
}

export function digestOf(name: string, now: number): string {
  return sha256(`${name}:${now}`).slice(0, 8)
}

/** @throws TRACKING_UNKNOWN */
export async function getDataset(query: Query, id: string): Promise<EvaluationDataset> {
  const rows = await evaluationTables(query)
    .selectFrom('tracking_evaluation_datasets')
    .selectAll()
    .where('id', '=', id)
    .execute()
  const [dataset] = await completeDatasets(query, rows)
  if (dataset !== undefined) return dataset
  throw trackingErrors.TRACKING_UNKNOWN({ detail: `Evaluation dataset with id '${id}' not found` })
}

/** With all its records. What is not there is no error. */
export async function deleteDataset(deps: TrackingDeps, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    const db = evaluationTables(tx)
    await db.deleteFrom('tracking_evaluation_records').where('dataset_id', '=', id).execute()
    await db.deleteFrom('tracking_evaluation_tags').where('dataset_id', '=', id).execute()
    await db.deleteFrom('tracking_evaluation_experiments').where('dataset_id', '=', id).execute()
    await db.deleteFrom('tracking_evaluation_datasets').where('id', '=', id).execute()
  })
}

/** Those that are named; the others stay. @throws TRACKING_UNKNOWN */
export async function setDatasetTags(deps: TrackingDeps, id: string, tags: Values): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await getDataset(tx, id)
    await putTags(tx, id, tags)
  })
}

async function putTags(tx: Tx, id: string, tags: Values): Promise<void> {
  for (const [key, value] of Object.entries(tags))
    await evaluationTables(tx)
      .insertInto('tracking_evaluation_tags')
      .values({ dataset_id: id, key, value })
      .onConflict((conflict) => conflict.columns(['dataset_id', 'key']).doUpdateSet({ value }))
      .execute()
}

/** A tag that is not there is no error. */
export async function deleteDatasetTag(deps: TrackingDeps, id: string, key: string): Promise<void> {
  await deps.database.transaction((tx) =>
    evaluationTables(tx)
      .deleteFrom('tracking_evaluation_tags')
      .where('dataset_id', '=', id)
      .where('key', '=', key)
      .execute(),
  )
}

/** Adding what is there changes nothing. @throws TRACKING_UNKNOWN */
export async function addToExperiments(
  deps: TrackingDeps,
  id: string,
  experimentIds: readonly string[],
): Promise<EvaluationDataset> {
  return deps.database.transaction(async (tx) => {
    await getDataset(tx, id)
    await link(tx, id, experimentIds)
    return getDataset(tx, id)
  })
}

async function link(tx: Tx, id: string, experimentIds: readonly string[]): Promise<void> {
  for (const experiment_id of experimentIds)
    await evaluationTables(tx)
      .insertInto('tracking_evaluation_experiments')
      .values({ dataset_id: id, experiment_id })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

/** Removing what is not there changes nothing. @throws TRACKING_UNKNOWN */
export async function removeFromExperiments(
  deps: TrackingDeps,
  id: string,
  experimentIds: readonly string[],
): Promise<EvaluationDataset> {
  return deps.database.transaction(async (tx) => {
    await getDataset(tx, id)
    for (const experiment of experimentIds)
      await evaluationTables(tx)
        .deleteFrom('tracking_evaluation_experiments')
        .where('dataset_id', '=', id)
        .where('experiment_id', '=', experiment)
        .execute()
    return getDataset(tx, id)
  })
}
