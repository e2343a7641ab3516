import type { Migration } from '../port.ts'

export const datasets: Migration = {
  name: '0020-datasets',
  up: async (db) => {
    await db.schema
      .createTable('datasets_versions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('dataset', 'text', (column) => column.notNull())
      .addColumn('md5', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('nfiles', 'integer')
      .addColumn('rows', 'bigint')
      .addColumn('git_commit', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .execute()
    await db.schema
      .createIndex('datasets_versions_dataset')
      .on('datasets_versions')
      .columns(['dataset', 'id'])
      .execute()
    await db.schema
      .createIndex('datasets_versions_md5')
      .on('datasets_versions')
      .column('md5')
      .execute()
  },
}
