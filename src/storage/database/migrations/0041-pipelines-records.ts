import type { Migration } from '../port.ts'

/** Runs that are cancelled or of a shell, and what is measured of each stage. */
export const pipelinesRecords: Migration = {
  name: '0041-pipelines-records',
  up: async (db) => {
    await db.schema
      .alterTable('pipelines_runs')
      .addColumn('cancel_requested_at', 'bigint')
      .execute()
    await db.schema
      .alterTable('pipelines_runs')
      .addColumn('origin', 'text', (column) => column.notNull().defaultTo('loop'))
      .execute()
    for (const name of ['exit_code', 'peak_memory'] as const)
      await db.schema.alterTable('pipelines_stages').addColumn(name, 'bigint').execute()
    await db.schema.alterTable('pipelines_stages').addColumn('environment', 'text').execute()
  },
}
