import type { Migration } from '../port.ts'

export const settings: Migration = {
  name: '0003-settings',
  up: async (db) => {
    await db.schema
      .createTable('settings')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
  },
}
