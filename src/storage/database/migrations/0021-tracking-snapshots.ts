import type { Migration } from '../port.ts'

/** The project as it was when runs started: one row a state of the project, however many runs started in it. */
export const trackingSnapshots: Migration = {
  name: '0021-tracking-snapshots',
  up: async (db) => {
    await db.schema
      .createTable('tracking_snapshots')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('commit_id', 'text', (column) => column.notNull())
      // JSON: names of changed and untracked files, hashes of data.
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('diff', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('tracking_run_snapshots')
      .addColumn('run_id', 'text', (column) => column.primaryKey())
      .addColumn('snapshot_id', 'text', (column) => column.notNull())
      .addColumn('script', 'text', (column) => column.notNull())
      .addColumn('matched_by', 'text', (column) => column.notNull())
      .addColumn('client', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('tracking_run_snapshots_of')
      .on('tracking_run_snapshots')
      .column('snapshot_id')
      .execute()
  },
}
