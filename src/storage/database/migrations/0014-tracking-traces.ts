import type { CreateTableBuilder } from 'kysely'
import type { Migration, Query } from '../port.ts'

export const trackingTraces: Migration = {
  name: '0014-tracking-traces',
  up: async (db) => {
    await traces(db)
    await values(db, 'tracking_trace_tags')
    await values(db, 'tracking_trace_metadata')
    await spans(db)
    await links(db)
    await assessments(db)
  },
}

async function traces(db: Query): Promise<void> {
  await db.schema
    .createTable('tracking_traces')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('experiment_id', 'bigint', (column) => column.notNull())
    .addColumn('client_request_id', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('duration', 'bigint')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('request_preview', 'text')
    .addColumn('response_preview', 'text')
    .addColumn('told', 'integer', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('tracking_traces_at')
    .on('tracking_traces')
    .columns(['experiment_id', 'at', 'id'])
    .execute()
}

function ofTrace<T extends string, C extends string>(table: CreateTableBuilder<T, C>) {
  return table.addColumn('trace_id', 'text', (column) =>
    column.notNull().references('tracking_traces.id').onDelete('cascade'),
  )
}

async function values(db: Query, name: 'tracking_trace_tags' | 'tracking_trace_metadata') {
  await ofTrace(db.schema.createTable(name))
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_pk`, ['trace_id', 'key'])
    .execute()
  await db.schema.createIndex(`${name}_key`).on(name).columns(['key', 'trace_id']).execute()
}

async function spans(db: Query): Promise<void> {
  await ofTrace(db.schema.createTable('tracking_trace_spans'))
    .addColumn('span_id', 'text', (column) => column.notNull())
    .addColumn('parent_id', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('type', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('started_us', 'bigint', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_trace_spans_pk', ['trace_id', 'span_id'])
    .execute()
}

async function links(db: Query): Promise<void> {
  // A client links what it is still sending: a link may be there before its trace.
  await db.schema
    .createTable('tracking_trace_links')
    .addColumn('trace_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_trace_links_pk', ['trace_id', 'kind', 'target'])
    .execute()
  await db.schema
    .createIndex('tracking_trace_links_target')
    .on('tracking_trace_links')
    .columns(['kind', 'target'])
    .execute()
}

async function assessments(db: Query): Promise<void> {
  await ofTrace(db.schema.createTable('tracking_assessments'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('number', 'double precision')
    .addColumn('error', 'text')
    .addColumn('source_type', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addColumn('span_id', 'text')
    .addColumn('rationale', 'text')
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('overrides', 'text')
    .addColumn('valid', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('tracking_assessments_pk', ['trace_id', 'id'])
    .execute()
}
