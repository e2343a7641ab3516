import type { Migration } from '../port.ts'

export const automation: Migration = {
  name: '0090-automation',
  up: async (db) => {
    await db.schema
      .createTable('automation_decisions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('trigger', 'text', (column) => column.notNull())
      .addColumn('decision', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('sentence', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('run_id', 'text')
      .addColumn('key', 'text', (column) => column.notNull().unique())
      .execute()
    await db.schema
      .createIndex('automation_decisions_model')
      .on('automation_decisions')
      .columns(['model', 'at'])
      .execute()
    await db.schema
      .createTable('automation_models')
      .addColumn('model', 'text', (column) => column.primaryKey())
      .addColumn('paused', 'integer', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('automation_deliveries')
      .addColumn('file', 'text', (column) => column.notNull())
      .addColumn('md5', 'text', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addColumn('report_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('automation_deliveries_pk', ['file', 'md5'])
      .execute()
  },
}
