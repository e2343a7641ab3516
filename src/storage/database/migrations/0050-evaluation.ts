import type { Migration } from '../port.ts'

export const evaluation: Migration = {
  name: '0050-evaluation',
  up: async (db) => {
    await db.schema
      .createTable('evaluation_gates')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('key', 'text', (column) => column.notNull().unique())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('champion', 'integer')
      .addColumn('challenger', 'integer', (column) => column.notNull())
      .addColumn('verdict', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addColumn('report', 'text', (column) => column.notNull())
      .addColumn('comparison', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('evaluation_gates_model')
      .on('evaluation_gates')
      .columns(['model', 'id'])
      .execute()
    await db.schema
      .createIndex('evaluation_gates_caused_by')
      .on('evaluation_gates')
      .column('caused_by')
      .execute()
  },
}
