import type { Migration, Query } from '../port.ts'

export const monitoring: Migration = {
  name: '0070-monitoring',
  up: async (db) => {
    await createPredictions(db)
    await db.schema
      .createTable('monitoring_cursors')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('segment', 'bigint', (column) => column.notNull())
      .addColumn('offset', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('monitoring_references')
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('columns', 'text', (column) => column.notNull())
      .addColumn('baseline', 'double precision')
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('monitoring_references_key', ['model', 'version'])
      .execute()
    await createReports(db)
  },
}

async function createPredictions(db: Query): Promise<void> {
  await db.schema
    .createTable('monitoring_predictions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('endpoint', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('arm', 'text', (column) => column.notNull())
    .addColumn('key', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('inputs', 'text', (column) => column.notNull())
    .addColumn('output', 'double precision')
    .addColumn('outputs', 'text', (column) => column.notNull())
    .addColumn('ms', 'double precision', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('rollout_id', 'text')
    .addColumn('canary_error', 'text')
    .addColumn('shadow_version', 'integer')
    .addColumn('shadow_output', 'double precision')
    .addColumn('shadow_ms', 'double precision')
    .addColumn('shadow_error', 'text')
    .addColumn('label', 'double precision')
    .addColumn('label_at', 'bigint')
    .addColumn('label_id', 'text')
    .execute()
  await db.schema
    .createIndex('monitoring_predictions_at')
    .on('monitoring_predictions')
    .columns(['model', 'at'])
    .execute()
  await db.schema
    .createIndex('monitoring_predictions_version')
    .on('monitoring_predictions')
    .columns(['model', 'version', 'at'])
    .execute()
}

async function createReports(db: Query): Promise<void> {
  await db.schema
    .createTable('monitoring_reports')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('drift', 'text', (column) => column.notNull())
    .addColumn('quality', 'text', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .addColumn('caused_by', 'text')
    .execute()
  await db.schema
    .createIndex('monitoring_reports_model')
    .on('monitoring_reports')
    .columns(['model', 'at'])
    .execute()
  await db.schema
    .createIndex('monitoring_reports_caused_by')
    .on('monitoring_reports')
    .column('caused_by')
    .execute()
  await db.schema
    .createTable('monitoring_feature_scores')
    .addColumn('report_id', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('feature', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('score', 'double precision')
    .addColumn('floor', 'double precision')
    .addColumn('p', 'double precision')
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('monitoring_feature_scores_key', ['report_id', 'role', 'feature'])
    .execute()
  await db.schema
    .createIndex('monitoring_feature_scores_model')
    .on('monitoring_feature_scores')
    .columns(['model', 'at'])
    .execute()
}
