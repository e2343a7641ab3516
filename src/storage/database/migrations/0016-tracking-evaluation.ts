import type { Migration } from '../port.ts'

export const trackingEvaluation: Migration = {
  name: '0016-tracking-evaluation',
  up: async (db) => {
    await db.schema
      .createTable('tracking_evaluation_datasets')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('schema', 'text')
      .addColumn('profile', 'text')
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text')
      .addColumn('updated_by', 'text')
      .execute()
    await db.schema
      .createTable('tracking_evaluation_tags')
      .addColumn('dataset_id', 'text', (column) =>
        column.notNull().references('tracking_evaluation_datasets.id').onDelete('cascade'),
      )
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('tracking_evaluation_tags_pk', ['dataset_id', 'key'])
      .execute()
    await db.schema
      .createTable('tracking_evaluation_experiments')
      .addColumn('dataset_id', 'text', (column) =>
        column.notNull().references('tracking_evaluation_datasets.id').onDelete('cascade'),
      )
      .addColumn('experiment_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('tracking_evaluation_experiments_pk', [
        'experiment_id',
        'dataset_id',
      ])
      .execute()
    await db.schema
      .createTable('tracking_evaluation_records')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('dataset_id', 'text', (column) =>
        column.notNull().references('tracking_evaluation_datasets.id').onDelete('cascade'),
      )
      .addColumn('input_hash', 'text', (column) => column.notNull())
      // JSON: inputs, outputs, expectations, tags, source.
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('tracking_evaluation_records_input', ['dataset_id', 'input_hash'])
      .execute()
  },
}
