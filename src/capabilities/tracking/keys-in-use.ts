import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import { inChunks, tables } from './store.ts'

/** What a filter of these experiments may name, each sorted: the completion of the search box. */
export interface KeysInUse {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
  readonly tags: readonly string[]
}

const LOOKED_AT = 2000

/** Metrics of all runs there were; params and tags of the newest 2,000, so that it stays quick where there are very many. */
export async function listKeys(query: Query, experimentIds: readonly string[]): Promise<KeysInUse> {
  const ids = experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
  if (ids.length === 0) return { metrics: [], params: [], tags: [] }
  const newest = await tables(query)
    .selectFrom('tracking_runs')
    .select('id')
    .where('experiment_id', 'in', ids)
    .orderBy('start_time', 'desc')
    .limit(LOOKED_AT)
    .execute()
  const runIds = newest.map(({ id }) => id)
  return {
    metrics: await metricKeys(query, ids),
    params: await keysOf(query, 'tracking_params', runIds),
    tags: await keysOf(query, 'tracking_tags', runIds),
  }
}

async function metricKeys(query: Query, experiments: readonly number[]) {
  const rows = await directOf(query).all<{ key: string }>(
    `select distinct name.key from tracking_experiment_keys as used
       join tracking_keys as name on name.id = used.key
     where used.experiment_id in (${placeholders(experiments.length)})`,
    filled(experiments),
  )
  return rows.map(({ key }) => key).toSorted()
}

async function keysOf(
  query: Query,
  table: 'tracking_params' | 'tracking_tags',
  runIds: readonly string[],
): Promise<readonly string[]> {
  const keys = new Set<string>()
  for (const chunk of inChunks(runIds)) {
    const rows = await tables(query)
      .selectFrom(table)
      .select('key')
      .distinct()
      .where('run_id', 'in', [...chunk])
      .execute()
    for (const { key } of rows) keys.add(key)
  }
  return [...keys].toSorted()
}
