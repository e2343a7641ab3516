import type { Migration } from '../port.ts'

export const deployments: Migration = {
  name: '0060-deployments',
  up: async (db) => {
    await db.schema
      .createTable('deployments_endpoints')
      .addColumn('endpoint', 'text', (column) => column.primaryKey())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('champion', 'integer', (column) => column.notNull())
      .addColumn('history', 'text', (column) => column.notNull())
      .addColumn('salt', 'text', (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('deployments_rollouts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('endpoint', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('champion', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('policy', 'text', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('step_started_at', 'bigint', (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('track', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('guards', 'text', (column) => column.notNull())
      .addColumn('points', 'text', (column) => column.notNull())
      .addColumn('evidence', 'text')
      .addColumn('caused_by', 'text')
      .addColumn('revision', 'integer', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('deployments_rollouts_endpoint')
      .on('deployments_rollouts')
      .columns(['endpoint', 'state'])
      .execute()
    await db.schema
      .createIndex('deployments_rollouts_caused_by')
      .on('deployments_rollouts')
      .column('caused_by')
      .execute()
  },
}
