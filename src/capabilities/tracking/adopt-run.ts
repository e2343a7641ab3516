import { directOf } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { Adoption } from './adopt-experiment.ts'
import { linkModels, putDataset } from './inputs.ts'
import { RUN_NAME_TAG } from './run-tags.ts'
import type { DatasetInput, KeyValue, ModelLink, RunInfo } from './schema.ts'
import { type RunRow, tables } from './store.ts'

/** A run that was made elsewhere, without its metrics: those come in pieces. */
export interface AdoptedRun extends RunInfo {
  readonly params: readonly KeyValue[]
  readonly tags: readonly KeyValue[]
  readonly datasets: readonly DatasetInput[]
  readonly modelInputs: readonly ModelLink[]
  readonly modelOutputs: readonly ModelLink[]
}

/** How many rows were new. */
export interface AdoptedRows extends Adoption {
  readonly params: number
  readonly tags: number
  readonly datasets: number
}

/**
 * Takes over a run with its id. One that is there already keeps its values and its place, gets those that it lacks,
 * and ends if it has ended by now.
 */
export async function adoptRun(tx: Tx, run: AdoptedRun): Promise<AdoptedRows> {
  const existing = await tables(tx)
    .selectFrom('tracking_runs')
    .select(['end_time', 'experiment_id'])
    .where('id', '=', run.id)
    .executeTakeFirst()
  if (existing === undefined)
    await tables(tx).insertInto('tracking_runs').values(toRow(run)).execute()
  else if (existing.end_time === null && run.endTime !== null)
    await tables(tx)
      .updateTable('tracking_runs')
      .set({ status: run.status, end_time: run.endTime })
      .where('id', '=', run.id)
      .execute()
  const experimentId = existing === undefined ? run.experimentId : String(existing.experiment_id)
  const params = await addValues(tx, 'tracking_params', run)
  const tags = await addValues(tx, 'tracking_tags', run)
  let datasets = 0
  for (const input of run.datasets)
    if (await putDataset(tx, { id: run.id, experimentId }, input)) datasets += 1
  await linkModels(tx, { runId: run.id, direction: 'input', models: run.modelInputs })
  await linkModels(tx, { runId: run.id, direction: 'output', models: run.modelOutputs })
  return { id: run.id, isNew: existing === undefined, params, tags, datasets }
}

function toRow(run: AdoptedRun): RunRow {
  return {
    id: run.id,
    experiment_id: Number(run.experimentId),
    name: run.name,
    user_id: run.userId,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    lifecycle: run.lifecycle,
    artifact_uri: run.artifactUri,
  }
}

// Not by logBatch: what was accepted elsewhere is kept whole, whatever today's limits are.
async function addValues(
  tx: Tx,
  table: 'tracking_params' | 'tracking_tags',
  run: AdoptedRun,
): Promise<number> {
  const values = table === 'tracking_params' ? run.params : run.tags
  const add = `insert into ${table} (run_id, key, value) values (?, ?, ?) on conflict do nothing`
  let added = 0
  for (const [key, value] of new Map(values.map((one) => [one.key, one.value])))
    added += await directOf(tx).run(add, [run.id, key, value])
  if (table === 'tracking_tags') await directOf(tx).run(add, [run.id, RUN_NAME_TAG, run.name])
  return added
}
