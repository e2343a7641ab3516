import { directOf } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { TrackingDeps } from './deps.ts'
import { checkLength, invalid } from './names.ts'
import { requireActiveRun } from './runs.ts'
import type { DatasetInput, ModelLink, RunInfo } from './schema.ts'
import { tables } from './store.ts'

const MOST_DATASETS = 1000

/** Notes what a run read. Logging the same again changes nothing. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function logInputs(
  deps: TrackingDeps,
  runId: string,
  inputs: { readonly datasets: readonly DatasetInput[]; readonly models: readonly ModelLink[] },
): Promise<void> {
  if (inputs.datasets.length > MOST_DATASETS)
    throw invalid(`A batch logging request can contain at most ${MOST_DATASETS} datasets.`)
  for (const input of inputs.datasets) checkDataset(input)
  await deps.database.transaction(async (tx) => {
    const run = await requireActiveRun(tx, runId)
    for (const input of inputs.datasets) await putDataset(tx, run, input)
    await linkModels(tx, { runId, direction: 'input', models: inputs.models })
  })
}

function checkDataset({ dataset, tags }: DatasetInput): void {
  checkLength('name', 500, dataset.name)
  checkLength('digest', 36, dataset.digest)
  checkLength('source', 65_535, dataset.source)
  checkLength('schema', 1_048_575, dataset.schema ?? '')
  checkLength('profile', 16_777_215, dataset.profile ?? '')
  for (const { key, value } of tags) {
    checkLength('key', 255, key)
    checkLength('value', 500, value)
  }
}

/** Without further checks, in the caller's transaction; `false` when it is there already. */
export async function putDataset(
  tx: Tx,
  run: Pick<RunInfo, 'id' | 'experimentId'>,
  { dataset, tags }: DatasetInput,
): Promise<boolean> {
  const { name, digest, source, schema, profile } = dataset
  await tables(tx)
    .insertInto('tracking_datasets')
    .values({
      experiment_id: Number(run.experimentId),
      name,
      digest,
      source_type: dataset.sourceType,
      source,
      schema,
      profile,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (
    (await directOf(tx).run(ADD_INPUT, [run.id, name, digest, JSON.stringify(tags), run.id])) > 0
  )
}

const ADD_INPUT = `insert into tracking_run_datasets (run_id, name, digest, tags, position)
  values (?, ?, ?, ?, (select coalesce(max(position), 0) + 1 from tracking_run_datasets where run_id = ?))
  on conflict do nothing`

/** Notes which logged models a run made. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function logOutputs(
  deps: TrackingDeps,
  runId: string,
  models: readonly ModelLink[],
): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await requireActiveRun(tx, runId)
    await linkModels(tx, { runId, direction: 'output', models })
  })
}

interface Links {
  readonly runId: string
  readonly direction: 'input' | 'output'
  readonly models: readonly ModelLink[]
}

/** Without further checks, in the caller's transaction. What is there already stays. */
export async function linkModels(tx: Tx, { runId, direction, models }: Links): Promise<void> {
  for (const { modelId, step } of models)
    await tables(tx)
      .insertInto('tracking_run_models')
      .values({ run_id: runId, model_id: modelId, direction, step })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
