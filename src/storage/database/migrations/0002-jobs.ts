import type { Migration } from '../port.ts'

export const jobs: Migration = {
  name: '0002-jobs',
  up: async (db) => {
    await db.schema
      .createTable('jobs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('key', 'text')
      .addColumn('lane', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('run_at', 'bigint', (column) => column.notNull())
      .addColumn('not_before', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('max_attempts', 'integer', (column) => column.notNull())
      .addColumn('fence', 'integer', (column) => column.notNull())
      .addColumn('worker', 'text')
      .addColumn('lease_until', 'bigint')
      .addColumn('progress', 'text')
      .addColumn('error', 'text')
      .addColumn('caused_by', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .execute()
    await db.schema.createIndex('jobs_key').on('jobs').columns(['kind', 'key']).unique().execute()
    await db.schema.createIndex('jobs_due').on('jobs').columns(['state', 'run_at']).execute()
    await db.schema.createIndex('jobs_caused_by').on('jobs').column('caused_by').execute()
    await db.schema
      .createTable('jobs_schedules')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('cron', 'text', (column) => column.notNull())
      .addColumn('timezone', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('next_at', 'bigint', (column) => column.notNull())
      .addColumn('last_at', 'bigint')
      .addColumn('paused', 'integer', (column) => column.notNull())
      .execute()
  },
}
