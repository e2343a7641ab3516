import type { Migration, Query } from '../port.ts'

export const pipelines: Migration = {
  name: '0040-pipelines',
  up: async (db) => {
    await createRuns(db)
    await createStages(db)
  },
}

async function createRuns(db: Query): Promise<void> {
  await db.schema
    .createTable('pipelines_runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.unique())
    .addColumn('targets', 'text', (column) => column.notNull())
    .addColumn('params', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('git_commit', 'text')
    .addColumn('git_dirty', 'integer')
    .addColumn('caused_by', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('error', 'text')
    .addColumn('outputs', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('pipelines_runs_model')
    .on('pipelines_runs')
    .columns(['model', 'id'])
    .execute()
}

async function createStages(db: Query): Promise<void> {
  await db.schema
    .createTable('pipelines_stages')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('command', 'text', (column) => column.notNull())
    .addColumn('reasons', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('duration_ms', 'bigint')
    .addColumn('log_path', 'text')
    .addColumn('inputs', 'text', (column) => column.notNull())
    .addColumn('outputs', 'text', (column) => column.notNull())
    .addColumn('params', 'text', (column) => column.notNull())
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('pipelines_stages_key', ['run_id', 'stage'])
    .execute()
}
