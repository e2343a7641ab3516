import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { DatasetInput, KeyValue, Metric, ModelLink, Run, RunInfo, Values } from './schema.ts'
import { letOthers } from './turns.ts'
import { inChunks, type PointRow, toMetric, toValues } from './store.ts'

/** So few that whoever writes meanwhile does not notice. */
const AT_ONCE = 256

/** Adds the values of many runs with five queries for each 256, between which others get their turn. */
export async function completeRuns(
  query: Query,
  infos: readonly RunInfo[],
): Promise<readonly Run[]> {
  const runs: Run[] = []
  for (const chunk of inChunks(infos, AT_ONCE)) {
    if (runs.length > 0) await letOthers()
    runs.push(...(await completeChunk(query, chunk)))
  }
  return runs
}

async function completeChunk(query: Query, infos: readonly RunInfo[]): Promise<readonly Run[]> {
  const ids = infos.map((info) => info.id)
  const params = await valuesOf(query, 'tracking_params', ids)
  const tags = await valuesOf(query, 'tracking_tags', ids)
  const metrics = await metricsOf(query, ids)
  const links = await readLinks(query, ids)
  return infos.map((info) => ({
    ...info,
    params: params.get(info.id) ?? {},
    tags: tags.get(info.id) ?? {},
    metrics: metrics.get(info.id) ?? [],
    ...links(info.id),
  }))
}

/** What a run read and made. */
export type RunLinks = Pick<Run, 'datasets' | 'modelInputs' | 'modelOutputs'>

export async function readLinks(
  query: Query,
  ids: readonly string[],
): Promise<(id: string) => RunLinks> {
  const datasets = await datasetsOf(query, ids)
  const links = await modelLinksOf(query, ids)
  return (id) => ({
    datasets: datasets.get(id) ?? [],
    modelInputs: links.get(`input ${id}`) ?? [],
    modelOutputs: links.get(`output ${id}`) ?? [],
  })
}

async function valuesOf(
  query: Query,
  table: 'tracking_params' | 'tracking_tags',
  ids: readonly string[],
): Promise<ReadonlyMap<string, Values>> {
  const rows = await directOf(query).all<{ run_id: string; key: string; value: string }>(
    `select run_id, key, value from ${table} where run_id in (${placeholders(ids.length)})
     order by run_id, key`,
    filled(ids),
  )
  const byRun = Map.groupBy(rows, (row) => row.run_id)
  return new Map([...byRun].map(([id, values]) => [id, toValues(values)]))
}

async function metricsOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Metric[]>> {
  const rows = await directOf(query).all<PointRow & { id: string; key: string }>(
    `select run.id, name.key, latest.at, latest.step, latest.value, latest.is_nan
     from tracking_runs as run join tracking_series as latest on latest.run = run.seq
       join tracking_keys as name on name.id = latest.key
     where run.id in (${placeholders(ids.length)})`,
    filled(ids),
  )
  const metrics = new Map<string, Metric[]>()
  for (const row of rows) {
    const known = metrics.get(row.id)
    if (known === undefined) metrics.set(row.id, [toMetric(row.key, row)])
    else known.push(toMetric(row.key, row))
  }
  for (const list of metrics.values()) list.sort((a, b) => (a.key < b.key ? -1 : 1))
  return metrics
}

interface InputRow {
  readonly run_id: string
  readonly tags: string
  readonly name: string
  readonly digest: string
  readonly source_type: string
  readonly source: string
  readonly schema: string | null
  readonly profile: string | null
}

async function datasetsOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly DatasetInput[]>> {
  const rows = await directOf(query).all<InputRow>(
    `select used.run_id, used.tags, dataset.name, dataset.digest, dataset.source_type, dataset.source,
       dataset.schema, dataset.profile
     from tracking_run_datasets as used join tracking_runs as run on run.id = used.run_id
       join tracking_datasets as dataset on dataset.experiment_id = run.experiment_id
         and dataset.name = used.name and dataset.digest = used.digest
     where used.run_id in (${placeholders(ids.length)}) order by used.position, used.name`,
    filled(ids),
  )
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

interface LinkRow {
  readonly run_id: string
  readonly model_id: string
  readonly direction: string
  readonly step: number
}

async function modelLinksOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ModelLink[]>> {
  const rows = await directOf(query).all<LinkRow>(
    `select run_id, model_id, direction, step from tracking_run_models
     where run_id in (${placeholders(ids.length)}) order by model_id`,
    filled(ids),
  )
  const links = new Map<string, ModelLink[]>()
  for (const row of rows) {
    const key = `${row.direction} ${row.run_id}`
    const list = links.get(key) ?? []
    list.push({ modelId: row.model_id, step: row.step })
    links.set(key, list)
  }
  return links
}
