import type { Query } from '../../storage/database/port.ts'
import { inChunks, tables } from './store.ts'

/** What a filter of these experiments may name, each sorted: the completion of the search box. */
export interface KeysInUse {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
  readonly tags: readonly string[]
}

const LOOKED_AT = 2000

/** The keys of the newest 2,000 runs, so that it stays quick where there are very many. */
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
    metrics: await keysOf(query, 'tracking_latest_metrics', runIds),
    params: await keysOf(query, 'tracking_params', runIds),
    tags: await keysOf(query, 'tracking_tags', runIds),
  }
}

async function keysOf(
  query: Query,
  table: 'tracking_latest_metrics' | 'tracking_params' | 'tracking_tags',
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
