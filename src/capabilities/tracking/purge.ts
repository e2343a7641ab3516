import { directOf } from '../../storage/database/direct.ts'
import type { Database, Query, Tx } from '../../storage/database/port.ts'
import { purgeRunSnapshot } from './snapshots/store.ts'
import { tables } from './store.ts'

const POINTS_AT_ONCE = 20_000

/**
 * Shortens a long history of a deleted run piece by piece, so that its end is no transaction that others wait for.
 * How many points went.
 */
export async function purgeHistory(database: Database, runId: string): Promise<number> {
  const remove = `delete from tracking_points where (run, key, step, at, value, is_nan) in (
      select run, key, step, at, value, is_nan from tracking_points
      where run = (select seq from tracking_runs where id = ? and lifecycle = 'deleted') limit ${POINTS_AT_ONCE})`
  let removed = 0
  for (;;) {
    const count = await database.transaction(async (tx) => directOf(tx).run(remove, [runId]))
    removed += count
    if (count < POINTS_AT_ONCE) return removed
  }
}

/**
 * Takes a deleted run out for good, in the caller's transaction, which also notes the folder of its files: whoever dies
 * before they are gone leaves a note. How many rows went; `null` when it is not deleted (any more).
 */
export async function purgeRun(
  tx: Tx,
  runId: string,
  folder: string | null,
): Promise<number | null> {
  const direct = directOf(tx)
  const find = `select seq from tracking_runs where id = ? and lifecycle = 'deleted'`
  const [run] = await direct.all<{ seq: number }>(find, [runId])
  if (run === undefined) return null
  let rows = await direct.run('delete from tracking_points where run = ?', [run.seq])
  rows += await direct.run('delete from tracking_series where run = ?', [run.seq])
  for (const table of OF_RUN)
    rows += await direct.run(`delete from ${table} where run_id = ?`, [runId])
  rows += await purgeRunSnapshot(tx, runId)
  rows += await direct.run('delete from tracking_runs where id = ?', [runId])
  await notePurge(tx, folder)
  return rows
}

const OF_RUN = [
  'tracking_params',
  'tracking_tags',
  'tracking_run_datasets',
  'tracking_run_models',
  'tracking_model_metrics',
]

/** Likewise for a deleted logged model. */
export async function purgeLoggedModel(
  tx: Tx,
  modelId: string,
  folder: string | null,
): Promise<number | null> {
  const direct = directOf(tx)
  const remove = 'delete from tracking_logged_models where id = ? and deleted_at is not null'
  let rows = await direct.run(remove, [modelId])
  if (rows === 0) return null
  for (const table of OF_MODEL)
    rows += await direct.run(`delete from ${table} where model_id = ?`, [modelId])
  await notePurge(tx, folder)
  return rows
}

const OF_MODEL = [
  'tracking_logged_model_params',
  'tracking_logged_model_tags',
  'tracking_model_metrics',
  'tracking_run_models',
]

const OF_EXPERIMENT = [
  'tracking_experiment_tags',
  'tracking_experiment_keys',
  'tracking_datasets',
  'tracking_traces',
]

/** A deleted experiment in which no run is left, with its traces; its name is free again. `null` while something is. */
export async function purgeExperiment(tx: Tx, id: string): Promise<number | null> {
  const direct = directOf(tx)
  for (const table of ['tracking_runs', 'tracking_logged_models'])
    if (
      (await direct.all(`select 1 from ${table} where experiment_id = ? limit 1`, [id])).length > 0
    )
      return null
  const remove = `delete from tracking_experiments where id = ? and lifecycle = 'deleted'`
  let rows = await direct.run(remove, [id])
  if (rows === 0) return null
  // Links have no owner in the schema, since a link may come before its trace.
  const mine = 'select id from tracking_traces where experiment_id = ?'
  rows += await direct.run(`delete from tracking_trace_links where trace_id in (${mine})`, [id])
  for (const table of OF_EXPERIMENT)
    rows += await direct.run(`delete from ${table} where experiment_id = ?`, [id])
  return rows
}

async function notePurge(tx: Tx, path: string | null): Promise<void> {
  if (path === null) return
  await tables(tx)
    .insertInto('tracking_purges')
    .values({ path })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Folders whose files are still to go. */
export async function listNotedPurges(query: Query): Promise<readonly string[]> {
  const rows = await tables(query)
    .selectFrom('tracking_purges')
    .select('path')
    .orderBy('path')
    .execute()
  return rows.map(({ path }) => path)
}

export async function forgetPurge(tx: Tx, path: string): Promise<void> {
  await tables(tx).deleteFrom('tracking_purges').where('path', '=', path).execute()
}

/** Of these ids, those of runs or logged models that exist. */
export async function existingOwners(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const id of ids) {
    const table = id.startsWith('m-') ? 'tracking_logged_models' : 'tracking_runs'
    if ((await directOf(query).all(`select 1 from ${table} where id = ?`, [id])).length > 0)
      found.add(id)
  }
  return found
}
