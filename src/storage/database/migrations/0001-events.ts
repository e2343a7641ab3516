import type { Migration } from '../port.ts'

export const events: Migration = {
  name: '0001-events',
  up: async (db) => {
    await db.schema
      .createTable('events')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('events_subject').on('events').columns(['subject', 'seq']).execute()
    await db.schema.createIndex('events_type').on('events').columns(['type', 'seq']).execute()
    await db.schema.createIndex('events_caused_by').on('events').column('caused_by').execute()
  },
}
