import type { Migration } from '../port.ts'

export const datasetsWatch: Migration = {
  name: '0022-datasets-watch',
  up: async (db) => {
    await db.schema
      .createTable('datasets_watches')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('looked_at', 'bigint')
      .addColumn('fault', 'text')
      .addColumn('fault_at', 'bigint')
      .execute()
    await db.schema
      .createTable('datasets_watched_files')
      .addColumn('watch', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('modified_at', 'bigint')
      .addColumn('state', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('datasets_watched_files_pk', ['watch', 'path'])
      .execute()
  },
}
