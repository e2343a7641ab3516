import type { Migration } from '../port.ts'

export const registryWebhooks: Migration = {
  name: '0018-registry-webhooks',
  up: async (db) => {
    await db.schema
      .createTable('registry_webhooks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      // Encrypted; the key lies outside the database.
      .addColumn('secret', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('registry_webhook_topics')
      .addColumn('webhook_id', 'text', (column) =>
        column.notNull().references('registry_webhooks.id').onDelete('cascade'),
      )
      .addColumn('place', 'integer', (column) => column.notNull())
      .addColumn('entity', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('registry_webhook_topics_pk', ['webhook_id', 'place'])
      .execute()
    await db.schema
      .createIndex('registry_webhook_topics_topic')
      .on('registry_webhook_topics')
      .columns(['entity', 'action'])
      .execute()
  },
}
