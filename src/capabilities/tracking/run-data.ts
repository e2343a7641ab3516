import type { Query } from '../../storage/database/port.ts'
import type { DatasetInput, KeyValue, ModelLink, Run, RunInfo } from './schema.ts'
import { inChunks, tables, toMetric, toValues } from './store.ts'

/** Adds the values of many runs with five queries for each thousand. */
export async function completeRuns(
  query: Query,
  infos: readonly RunInfo[],
): Promise<readonly Run[]> {
  const runs: Run[] = []
  for (const chunk of inChunks(infos)) runs.push(...(await completeChunk(query, chunk)))
  return runs
}

async function completeChunk(query: Query, infos: readonly RunInfo[]): Promise<readonly Run[]> {
  const ids = infos.map((info) => info.id)
  const params = await valuesOf(query, 'tracking_params', ids)
  const tags = await valuesOf(query, 'tracking_tags', ids)
  const metrics = Map.groupBy(
    await tables(query)
      .selectFrom('tracking_latest_metrics')
      .selectAll()
      .where('run_id', 'in', ids)
      .orderBy('key')
      .execute(),
    (row) => row.run_id,
  )
  const datasets = await datasetsOf(query, ids)
  const links = await modelLinksOf(query, ids)
  return infos.map((info) => ({
    ...info,
    params: toValues(params.get(info.id) ?? []),
    tags: toValues(tags.get(info.id) ?? []),
    metrics: (metrics.get(info.id) ?? []).map(toMetric),
    datasets: datasets.get(info.id) ?? [],
    modelInputs: links.get(`input ${info.id}`) ?? [],
    modelOutputs: links.get(`output ${info.id}`) ?? [],
  }))
}

async function valuesOf(
  query: Query,
  table: 'tracking_params' | 'tracking_tags',
  ids: readonly string[],
) {
  const rows = await tables(query)
    .selectFrom(table)
    .selectAll()
    .where('run_id', 'in', ids)
    .orderBy('key')
    .execute()
  return Map.groupBy(rows, (row) => row.run_id)
}

async function datasetsOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly DatasetInput[]>> {
  const rows = await tables(query)
    .selectFrom('tracking_run_datasets as used')
    .innerJoin('tracking_runs as run', 'run.id', 'used.run_id')
    .innerJoin('tracking_datasets as dataset', (join) =>
      join
        .onRef('dataset.experiment_id', '=', 'run.experiment_id')
        .onRef('dataset.name', '=', 'used.name')
        .onRef('dataset.digest', '=', 'used.digest'),
    )
    .selectAll('dataset')
    .select(['used.run_id', 'used.tags'])
    .where('used.run_id', 'in', ids)
    .orderBy('used.name')
    .execute()
  const inputs = new Map<string, DatasetInput[]>()
  for (const row of rows) {
    const { name, digest, source, schema, profile } = row
    const dataset = { name, digest, sourceType: row.source_type, source, schema, profile }
    const list = inputs.get(row.run_id) ?? []
    list.push({ dataset, tags: JSON.parse(row.tags) as KeyValue[] })
    inputs.set(row.run_id, list)
  }
  return inputs
}

async function modelLinksOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ModelLink[]>> {
  const rows = await tables(query)
    .selectFrom('tracking_run_models')
    .selectAll()
    .where('run_id', 'in', ids)
    .orderBy('model_id')
    .execute()
  const links = new Map<string, ModelLink[]>()
  for (const row of rows) {
    const key = `${row.direction} ${row.run_id}`
    const list = links.get(key) ?? []
    list.push({ modelId: row.model_id, step: row.step })
    links.set(key, list)
  }
  return links
}
