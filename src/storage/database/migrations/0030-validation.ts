import type { Migration } from '../port.ts'

export const validation: Migration = {
  name: '0030-validation',
  up: async (db) => {
    await db.schema
      .createTable('validation_reports')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('dataset', 'text', (column) => column.notNull())
      .addColumn('file', 'text', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addColumn('checked_at', 'bigint', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addColumn('report', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('validation_reports_dataset')
      .on('validation_reports')
      .columns(['dataset', 'id'])
      .execute()
    await db.schema
      .createIndex('validation_reports_caused_by')
      .on('validation_reports')
      .column('caused_by')
      .execute()
  },
}
