import type { Migration } from '../port.ts'

export const alerts: Migration = {
  name: '0080-alerts',
  up: async (db) => {
    await db.schema
      .createTable('alerts_alerts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('rule', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('severity', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text', (column) => column.notNull())
      .addColumn('pending_at', 'bigint', (column) => column.notNull())
      .addColumn('fired_at', 'bigint')
      .addColumn('calm_since', 'bigint')
      .addColumn('ended_at', 'bigint')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addColumn('acknowledged_at', 'bigint')
      .addColumn('acknowledged_by', 'text')
      .addColumn('caused_by', 'text')
      .execute()
    await db.schema
      .createIndex('alerts_alerts_model')
      .on('alerts_alerts')
      .columns(['model', 'rule', 'id'])
      .execute()
    await db.schema
      .createTable('alerts_history')
      .addColumn('alert_id', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('caused_by', 'text')
      .addPrimaryKeyConstraint('alerts_history_key', ['alert_id', 'number'])
      .execute()
    await db.schema
      .createIndex('alerts_history_caused_by')
      .on('alerts_history')
      .column('caused_by')
      .execute()
  },
}
