import type { Migration } from '../port.ts'

/** What changed in the registry, written with the change. No foreign key: the history of a model outlives it. */
export const registryChanges: Migration = {
  name: '0019-registry-changes',
  up: async (db) => {
    await db.schema
      .createTable('registry_changes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('version', 'integer')
      .addColumn('what', 'text', (column) => column.notNull())
      .addColumn('key', 'text')
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .addColumn('by', 'text', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addColumn('undoes', 'text')
      .execute()
    await db.schema
      .createIndex('registry_changes_model')
      .on('registry_changes')
      .columns(['model', 'id'])
      .execute()
  },
}
