import type { Migration } from '../port.ts'

/** When a run was deleted, for retention; and the folders whose rows are gone but whose files may not be yet. */
export const trackingPurges: Migration = {
  name: '0015-tracking-purges',
  up: async (db) => {
    await db.schema.alterTable('tracking_runs').addColumn('deleted_at', 'bigint').execute()
    await db.schema
      .createTable('tracking_purges')
      .addColumn('path', 'text', (column) => column.primaryKey())
      .execute()
  },
}
