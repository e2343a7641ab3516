import type { Migration, Query } from '../port.ts'

export const registry: Migration = {
  name: '0011-registry',
  up: async (db) => {
    await models(db)
    await versions(db)
    await aliases(db)
  },
}

async function models(db: Query): Promise<void> {
  await db.schema
    .createTable('registry_models')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('description', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('registry_model_tags')
    .addColumn('model', 'text', (column) =>
      column.notNull().references('registry_models.name').onUpdate('cascade').onDelete('cascade'),
    )
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_model_tags_pk', ['model', 'key'])
    .execute()
}

async function versions(db: Query): Promise<void> {
  await db.schema
    .createTable('registry_versions')
    .addColumn('model', 'text', (column) =>
      column.notNull().references('registry_models.name').onUpdate('cascade').onDelete('cascade'),
    )
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('user_id', 'text')
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('digest', 'text')
    .addColumn('logged_model_id', 'text')
    .addColumn('run_id', 'text')
    .addColumn('run_link', 'text')
    .addColumn('pipeline_run_id', 'text')
    .addColumn('data_md5', 'text')
    .addColumn('git_commit', 'text')
    .addColumn('train_from', 'bigint')
    .addColumn('train_until', 'bigint')
    .addColumn('caused_by', 'text')
    // The maker's own name for this version: made again after a crash, it is found instead.
    .addColumn('once_key', 'text', (column) => column.unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('deleted_at', 'bigint')
    .addPrimaryKeyConstraint('registry_versions_pk', ['model', 'version'])
    .execute()
  await db.schema
    .createIndex('registry_versions_run')
    .on('registry_versions')
    .column('run_id')
    .execute()
  await db.schema
    .createTable('registry_version_tags')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_version_tags_pk', ['model', 'version', 'key'])
    .addForeignKeyConstraint(
      'registry_version_tags_version',
      ['model', 'version'],
      'registry_versions',
      ['model', 'version'],
      (constraint) => constraint.onUpdate('cascade').onDelete('cascade'),
    )
    .execute()
}

async function aliases(db: Query): Promise<void> {
  await db.schema
    .createTable('registry_aliases')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('registry_aliases_pk', ['model', 'alias'])
    .addForeignKeyConstraint(
      'registry_aliases_version',
      ['model', 'version'],
      'registry_versions',
      ['model', 'version'],
      (constraint) => constraint.onUpdate('cascade').onDelete('cascade'),
    )
    .execute()
  // No foreign key: what happened to a model stays known after the model is gone.
  await db.schema
    .createTable('registry_alias_changes')
    .addColumn('event_id', 'text', (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('version', 'integer')
    .addColumn('previous', 'integer')
    .addColumn('caused_by', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('registry_alias_changes_model')
    .on('registry_alias_changes')
    .columns(['model', 'at'])
    .execute()
}
