import type { Query } from '../../storage/database/port.ts'
import { inChunks, tables, toMetric } from './store.ts'

/** A value that a table of runs shows: one metric, param or tag. */
export interface RunColumn {
  readonly kind: 'metric' | 'param' | 'tag'
  readonly key: string
}

/** A number is a metric's latest value and may be NaN; `null` where the run has none. */
export type ColumnValue = string | number | null

/** The values of each run, in the order of the columns: no more is read than is shown. */
export async function valuesOfColumns(
  query: Query,
  runIds: readonly string[],
  columns: readonly RunColumn[],
): Promise<ReadonlyMap<string, readonly ColumnValue[]>> {
  const found = new Map(runIds.map((id) => [id, columns.map((): ColumnValue => null)]))
  const places = new Map(columns.map(({ kind, key }, index) => [`${kind} ${key}`, index]))
  const put = (runId: string, column: string, value: ColumnValue): void => {
    const place = places.get(column)
    const values = found.get(runId)
    if (place !== undefined && values !== undefined) values[place] = value
  }
  const keys = (kind: RunColumn['kind']) =>
    columns.filter((column) => column.kind === kind).map(({ key }) => key)
  for (const chunk of inChunks(runIds, 500)) {
    for (const row of await textsOf(query, 'tracking_params', { chunk, keys: keys('param') }))
      put(row.run_id, `param ${row.key}`, row.value)
    for (const row of await textsOf(query, 'tracking_tags', { chunk, keys: keys('tag') }))
      put(row.run_id, `tag ${row.key}`, row.value)
    for (const row of await metricsOf(query, { chunk, keys: keys('metric') }))
      put(row.run_id, `metric ${row.key}`, toMetric(row.key, row).value)
  }
  return found
}

interface Asked {
  readonly chunk: readonly string[]
  readonly keys: readonly string[]
}

async function textsOf(
  query: Query,
  table: 'tracking_params' | 'tracking_tags',
  { chunk, keys }: Asked,
) {
  if (keys.length === 0) return []
  return tables(query)
    .selectFrom(table)
    .selectAll()
    .where('run_id', 'in', [...chunk])
    .where('key', 'in', [...keys])
    .execute()
}

async function metricsOf(query: Query, { chunk, keys }: Asked) {
  if (keys.length === 0) return []
  return tables(query)
    .selectFrom('tracking_series as latest')
    .innerJoin('tracking_runs as run', 'run.seq', 'latest.run')
    .innerJoin('tracking_keys as name', 'name.id', 'latest.key')
    .select(['run.id as run_id', 'name.key', 'latest.at', 'latest.step', 'latest.value'])
    .select('latest.is_nan')
    .where('run.id', 'in', [...chunk])
    .where('name.key', 'in', [...keys])
    .execute()
}
