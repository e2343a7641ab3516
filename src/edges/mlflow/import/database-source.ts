import type { NewMetric } from '../../../capabilities/tracking/index.ts'
import type { ForeignDatabase, ForeignRow } from '../../../storage/database/foreign.ts'
import {
  all,
  hasTable,
  idText,
  inWorkspace,
  isTrue,
  number,
  selectList,
  text,
  toKeyValue,
} from './columns.ts'
import { databaseLoggedModels } from './database-logged-models.ts'
import { databaseModels, databaseVersions } from './database-registry.ts'
import { databaseRuns } from './database-runs.ts'
import type { MlflowSource, Skip, SourceExperiment, SourceRun } from './source.ts'

const METRICS_IN_A_PIECE = 2000

/** MLflow's database, whatever its schema from 2.0 on: columns and tables that are missing are empty. */
export function openDatabaseSource(db: ForeignDatabase, title: string, skip: Skip): MlflowSource {
  return {
    title,
    countRuns: async () => {
      const [row] = await all(db, 'select count(*) as count from runs')
      return number(row?.count)
    },
    experiments: () => readExperiments(db, skip),
    runs: (experimentId) => databaseRuns(db, experimentId),
    metrics: (run) => readMetrics(db, run, skip),
    loggedModels: (experimentId) => databaseLoggedModels(db, experimentId),
    models: () => databaseModels(db),
    versions: (model) => databaseVersions(db, model),
    close: db.close,
  }
}

/** Whether a database is MLflow's. */
export async function isMlflowDatabase(db: ForeignDatabase): Promise<boolean> {
  return (await hasTable(db, 'experiments')) && (await hasTable(db, 'alembic_version'))
}

async function* readExperiments(db: ForeignDatabase, skip: Skip): AsyncIterable<SourceExperiment> {
  await skipTables(db, skip)
  const columns = await selectList(db, 'experiments', [
    'name',
    'artifact_location',
    'lifecycle_stage',
    'creation_time',
    'last_update_time',
    'workspace',
  ])
  const rows = await all(
    db,
    `select ${idText('experiment_id')}, ${columns} from experiments order by cast(experiment_id as bigint)`,
  )
  for (const row of rows) {
    const id = text(row.experiment_id)
    const tags = await all(
      db,
      `select "key", value from experiment_tags where experiment_id = cast(? as bigint) order by "key"`,
      [id],
    )
    yield { ...toExperiment(row, id), tags: tags.map(toKeyValue) }
  }
}

function toExperiment(row: ForeignRow, id: string): Omit<SourceExperiment, 'tags'> {
  const createdAt = number(row.creation_time)
  return {
    id,
    name: inWorkspace(row, '/'),
    artifactLocation: text(row.artifact_location),
    lifecycle: row.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
    createdAt,
    updatedAt: number(row.last_update_time, createdAt),
  }
}

async function* readMetrics(
  db: ForeignDatabase,
  { id }: SourceRun,
  skip: Skip,
): AsyncIterable<readonly NewMetric[]> {
  const select = 'select "key", value, "timestamp", step, is_nan from metrics where run_uuid = ?'
  let piece: NewMetric[] = []
  let count = 0
  for await (const row of db.rows(select, [id])) {
    const metric = toMetric(row)
    // Rounded, two steps could become one.
    if (!Number.isSafeInteger(metric.at) || !Number.isSafeInteger(metric.step)) count += 1
    else piece.push(metric)
    if (piece.length < METRICS_IN_A_PIECE) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
  const reason = 'a step or time beyond 2^53'
  if (count > 0) skip({ kind: 'metrics', id, count, reason, fault: true })
}

function toMetric(row: ForeignRow): NewMetric {
  const value = isTrue(row.is_nan) ? Number.NaN : number(row.value)
  return { key: text(row.key), value, at: number(row.timestamp), step: number(row.step) }
}

const WITHOUT_PLACE: Readonly<Record<string, string>> = {
  trace_info: 'traces',
  webhooks: 'webhooks',
  evaluation_datasets: 'evaluation datasets',
  scorers: 'scorers',
  jobs: 'jobs',
}

async function skipTables(db: ForeignDatabase, skip: Skip): Promise<void> {
  for (const [table, kind] of Object.entries(WITHOUT_PLACE)) {
    if (!(await hasTable(db, table))) continue
    const [row] = await all(db, `select count(*) as count from ${table}`)
    const count = number(row?.count)
    if (count > 0)
      skip({ kind, id: table, count, fault: false, reason: `${kind} are not taken over` })
  }
}
