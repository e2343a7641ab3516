import type { Query } from '../../../storage/database/port.ts'
import type { KeyValue } from '../schema.ts'
import { inChunks, toValues } from '../store.ts'
import type { EvaluationDataset } from './schema.ts'

export type DatasetRow = {
  id: string
  name: string
  schema: string | null
  profile: string | null
  digest: string
  created_at: number
  updated_at: number
  created_by: string | null
  updated_by: string | null
}

export type RecordRow = {
  id: string
  dataset_id: string
  input_hash: string
  content: string
  created_at: number
  updated_at: number
}

type EvaluationTables = {
  tracking_evaluation_datasets: DatasetRow
  tracking_evaluation_tags: KeyValue & { dataset_id: string }
  tracking_evaluation_experiments: { dataset_id: string; experiment_id: string }
  tracking_evaluation_records: RecordRow
}

export function evaluationTables(query: Query) {
  return query.withTables<EvaluationTables>()
}

/** Adds tags and experiments with two queries for each thousand. */
export async function completeDatasets(
  query: Query,
  rows: readonly DatasetRow[],
): Promise<readonly EvaluationDataset[]> {
  const complete: EvaluationDataset[] = []
  for (const chunk of inChunks(rows)) complete.push(...(await completeChunk(query, chunk)))
  return complete
}

async function completeChunk(
  query: Query,
  rows: readonly DatasetRow[],
): Promise<readonly EvaluationDataset[]> {
  if (rows.length === 0) return []
  const db = evaluationTables(query)
  const ids = rows.map(({ id }) => id)
  const tags = await db
    .selectFrom('tracking_evaluation_tags')
    .selectAll()
    .where('dataset_id', 'in', ids)
    .orderBy('key')
    .execute()
  const experiments = await db
    .selectFrom('tracking_evaluation_experiments')
    .selectAll()
    .where('dataset_id', 'in', ids)
    .orderBy('experiment_id')
    .execute()
  const tagsOf = Map.groupBy(tags, (tag) => tag.dataset_id)
  const experimentsOf = Map.groupBy(experiments, (one) => one.dataset_id)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    tags: toValues(tagsOf.get(row.id) ?? []),
    schema: row.schema,
    profile: row.profile,
    digest: row.digest,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    experimentIds: (experimentsOf.get(row.id) ?? []).map((one) => one.experiment_id),
  }))
}
