import type { Migration, Query } from '../port.ts'

export const tracking: Migration = {
  name: '0010-tracking',
  up: async (db) => {
    await experiments(db)
    await runs(db)
    await values(db)
    await metrics(db)
    await inputs(db)
    await loggedModels(db)
  },
}

async function experiments(db: Query): Promise<void> {
  await db.schema
    .createTable('tracking_experiments')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('artifact_location', 'text', (column) => column.notNull())
    .addColumn('lifecycle', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('tracking_experiment_tags')
    .addColumn('experiment_id', 'integer', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_experiment_tags_pk', ['experiment_id', 'key'])
    .execute()
  // MLflow's clients count on experiment 0 from the start. A schema has no clock, so it is as old as time.
  await db
    .withTables<{
      tracking_experiments: {
        id: number
        name: string
        artifact_location: string
        lifecycle: string
        created_at: number
        updated_at: number
      }
    }>()
    .insertInto('tracking_experiments')
    .values({
      id: 0,
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
      lifecycle: 'active',
      created_at: 0,
      updated_at: 0,
    })
    .execute()
}

async function runs(db: Query): Promise<void> {
  await db.schema
    .createTable('tracking_runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('experiment_id', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('start_time', 'bigint', (column) => column.notNull())
    .addColumn('end_time', 'bigint')
    .addColumn('lifecycle', 'text', (column) => column.notNull())
    .addColumn('artifact_uri', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('tracking_runs_newest')
    .on('tracking_runs')
    .columns(['experiment_id', 'lifecycle', 'start_time desc', 'id'])
    .execute()
}

// Params are written once and tags may change; otherwise they are alike.
async function values(db: Query): Promise<void> {
  for (const table of ['tracking_params', 'tracking_tags']) {
    await db.schema
      .createTable(table)
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_pk`, ['run_id', 'key'])
      .execute()
  }
}

// The history answers charts; the latest value of each key answers searches without reading the history.
async function metrics(db: Query): Promise<void> {
  const table = (name: string, owner: string) =>
    db.schema
      .createTable(name)
      .addColumn(owner, 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('step', 'bigint', (column) => column.notNull())
      .addColumn('value', 'double precision', (column) => column.notNull())
      .addColumn('is_nan', 'integer', (column) => column.notNull())
  await table('tracking_metrics', 'run_id')
    .addPrimaryKeyConstraint('tracking_metrics_pk', [
      'run_id',
      'key',
      'at',
      'step',
      'value',
      'is_nan',
    ])
    .execute()
  await table('tracking_latest_metrics', 'run_id')
    .addPrimaryKeyConstraint('tracking_latest_metrics_pk', ['run_id', 'key'])
    .execute()
  await db.schema
    .createIndex('tracking_latest_metrics_value')
    .on('tracking_latest_metrics')
    .columns(['key', 'value'])
    .execute()
  await table('tracking_model_metrics', 'model_id')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('dataset_name', 'text', (column) => column.notNull())
    .addColumn('dataset_digest', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_model_metrics_pk', [
      'model_id',
      'key',
      'at',
      'step',
      'run_id',
      'dataset_name',
      'dataset_digest',
    ])
    .execute()
}

async function inputs(db: Query): Promise<void> {
  await db.schema
    .createTable('tracking_datasets')
    .addColumn('experiment_id', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('source_type', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('schema', 'text')
    .addColumn('profile', 'text')
    .addPrimaryKeyConstraint('tracking_datasets_pk', ['experiment_id', 'name', 'digest'])
    .execute()
  await db.schema
    .createTable('tracking_run_datasets')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_run_datasets_pk', ['run_id', 'name', 'digest'])
    .execute()
  await db.schema
    .createTable('tracking_run_models')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('step', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_run_models_pk', ['run_id', 'direction', 'model_id'])
    .execute()
}

async function loggedModels(db: Query): Promise<void> {
  await db.schema
    .createTable('tracking_logged_models')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('experiment_id', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('artifact_uri', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('model_type', 'text')
    .addColumn('source_run_id', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .execute()
  await db.schema
    .createIndex('tracking_logged_models_newest')
    .on('tracking_logged_models')
    .columns(['experiment_id', 'created_at desc'])
    .execute()
  for (const table of ['tracking_logged_model_params', 'tracking_logged_model_tags']) {
    await db.schema
      .createTable(table)
      .addColumn('model_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_pk`, ['model_id', 'key'])
      .execute()
  }
}
