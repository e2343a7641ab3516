import {
  type DatasetInput,
  type ModelLink,
  RUN_STATUSES,
} from '../../../capabilities/tracking/index.ts'
import type { ForeignDatabase, ForeignRow } from '../../../storage/database/foreign.ts'
import {
  all,
  hasTable,
  number,
  numberOrNull,
  selectList,
  text,
  textOrNull,
  toKeyValue,
} from './columns.ts'
import type { SourceRun } from './source.ts'

const RUNS_AT_ONCE = 100

/** The runs of an experiment, by id, a hundred at a time with all but their metrics. */
export async function* databaseRuns(
  db: ForeignDatabase,
  experimentId: string,
): AsyncIterable<SourceRun> {
  const columns = await selectList(db, 'runs', [
    'run_uuid',
    'name',
    'user_id',
    'status',
    'start_time',
    'end_time',
    'lifecycle_stage',
    'artifact_uri',
  ])
  let last = ''
  for (;;) {
    const rows = await all(
      db,
      `select ${columns} from runs where experiment_id = cast(? as bigint) and run_uuid > ? order by run_uuid limit ${RUNS_AT_ONCE}`,
      [experimentId, last],
    )
    yield* await completeRuns(db, rows, experimentId)
    if (rows.length < RUNS_AT_ONCE) return
    last = text(rows.at(-1)?.run_uuid)
  }
}

async function completeRuns(
  db: ForeignDatabase,
  rows: readonly ForeignRow[],
  experimentId: string,
): Promise<readonly SourceRun[]> {
  const ids = rows.map((row) => text(row.run_uuid))
  if (ids.length === 0) return []
  const params = await byRun(db, `select run_uuid, "key", value from params where run_uuid in`, ids)
  const tags = await byRun(db, `select run_uuid, "key", value from tags where run_uuid in`, ids)
  const inputs = await readInputs(db, ids)
  return rows.map((row) => {
    const id = text(row.run_uuid)
    const tagged = (tags.get(id) ?? []).map(toKeyValue)
    const named = tagged.find(({ key }) => key === 'mlflow.runName')?.value
    return {
      id,
      experimentId,
      // Before 1.30 a run's name was its tag only.
      name: text(row.name) === '' ? (named ?? '') : text(row.name),
      userId: text(row.user_id),
      status: RUN_STATUSES.find((status) => status === row.status) ?? 'FAILED',
      startTime: number(row.start_time),
      endTime: numberOrNull(row.end_time),
      lifecycle: row.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
      artifactUri: text(row.artifact_uri),
      params: (params.get(id) ?? []).map(toKeyValue),
      tags: tagged,
      datasets: inputs.datasets.get(id) ?? [],
      modelInputs: inputs.models('RUN_INPUT', id),
      modelOutputs: inputs.models('RUN_OUTPUT', id),
    }
  })
}

async function byRun(db: ForeignDatabase, select: string, ids: readonly string[]) {
  const rows = await all(db, `${select} (${places(ids)})`, ids)
  return Map.groupBy(rows, (row) => text(row.run_uuid))
}

function places(ids: readonly string[]): string {
  return ids.map(() => '?').join(', ')
}

interface Inputs {
  readonly datasets: ReadonlyMap<string, readonly DatasetInput[]>
  readonly models: (type: 'RUN_INPUT' | 'RUN_OUTPUT', runId: string) => readonly ModelLink[]
}

// Data sets came with 2.4, models as inputs and outputs with 3.0.
async function readInputs(db: ForeignDatabase, ids: readonly string[]): Promise<Inputs> {
  if (!(await hasTable(db, 'inputs'))) return { datasets: new Map(), models: () => [] }
  const step = await selectList(db, 'inputs', ['step'])
  const links = await all(
    db,
    `select source_type, source_id, destination_id, ${step} from inputs where source_type in ('RUN_INPUT', 'RUN_OUTPUT') and source_id in (${places(ids)})`,
    ids,
  )
  const grouped = Map.groupBy(links, (row) => `${text(row.source_type)} ${text(row.source_id)}`)
  return {
    datasets: await readDatasets(db, ids),
    models: (type, runId) =>
      (grouped.get(`${type} ${runId}`) ?? []).map((row) => ({
        modelId: text(row.destination_id),
        step: number(row.step),
      })),
  }
}

async function readDatasets(db: ForeignDatabase, ids: readonly string[]) {
  const rows = await all(
    db,
    `select i.input_uuid, i.destination_id, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile
     from inputs i join datasets d on d.dataset_uuid = i.source_id
     where i.source_type = 'DATASET' and i.destination_type = 'RUN' and i.destination_id in (${places(ids)})`,
    ids,
  )
  const tags = await tagsOf(db, ids)
  const datasets = new Map<string, DatasetInput[]>()
  for (const row of rows) {
    const list = datasets.get(text(row.destination_id)) ?? []
    list.push({ dataset: toDataset(row), tags: tags.get(text(row.input_uuid)) ?? [] })
    datasets.set(text(row.destination_id), list)
  }
  return datasets
}

async function tagsOf(db: ForeignDatabase, ids: readonly string[]) {
  const rows = await all(
    db,
    `select t.input_uuid, t.name as "key", t.value from input_tags t join inputs i on i.input_uuid = t.input_uuid where i.destination_id in (${places(ids)})`,
    ids,
  )
  const tags = new Map<string, { key: string; value: string }[]>()
  for (const row of rows) {
    const list = tags.get(text(row.input_uuid)) ?? []
    list.push(toKeyValue(row))
    tags.set(text(row.input_uuid), list)
  }
  return tags
}

function toDataset(row: ForeignRow): DatasetInput['dataset'] {
  return {
    name: text(row.name),
    digest: text(row.digest),
    sourceType: text(row.dataset_source_type),
    source: text(row.dataset_source),
    schema: textOrNull(row.dataset_schema),
    profile: textOrNull(row.dataset_profile),
  }
}
