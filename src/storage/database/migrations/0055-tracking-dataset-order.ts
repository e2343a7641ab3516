import type { Migration } from '../port.ts'

/** The data sets of a run are told in the order in which it logged them. */
export const trackingDatasetOrder: Migration = {
  name: '0055-tracking-dataset-order',
  up: async (db) => {
    await db.schema
      .alterTable('tracking_run_datasets')
      .addColumn('position', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  },
}
