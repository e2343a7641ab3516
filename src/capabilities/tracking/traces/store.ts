import type { Json, JsonObject } from '../../../base/json.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { Assessment, AssessmentKind, Texts, TraceInfo, TraceState } from './schema.ts'

export type TraceRow = {
  id: string
  experiment_id: number
  client_request_id: string | null
  at: number
  duration: number | null
  state: string
  request_preview: string | null
  response_preview: string | null
  /** 1 once a client has told of the whole trace: spans that come later change nothing of it. */
  told: number
}

export type SpanRow = {
  trace_id: string
  span_id: string
  parent_id: string | null
  name: string
  type: string | null
  status: string
  /** Microseconds: nanoseconds do not fit a number. */
  started_us: number
  content: string
}

export type AssessmentRow = {
  trace_id: string
  id: string
  name: string
  kind: string
  value: string
  number: number | null
  error: string | null
  source_type: string
  source_id: string
  span_id: string | null
  rationale: string | null
  metadata: string
  overrides: string | null
  valid: number
  created_at: number
  updated_at: number
}

type ValueRow = { trace_id: string; key: string; value: string }

export type LinkKind = 'run' | 'prompt'

export type TraceTables = {
  tracking_traces: TraceRow
  tracking_trace_tags: ValueRow
  tracking_trace_metadata: ValueRow
  tracking_trace_spans: SpanRow
  tracking_trace_links: { trace_id: string; kind: string; target: string }
  tracking_assessments: AssessmentRow
}

export function tables(query: Query) {
  return query.withTables<TraceTables>()
}

/** A statement has room for so many values. */
const AT_ONCE = 500

export function chunks<T>(items: readonly T[], size = AT_ONCE): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

export async function findRow(query: Query, id: string): Promise<TraceRow | undefined> {
  return tables(query)
    .selectFrom('tracking_traces')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Adds tags, metadata and assessments: three queries for each 500 rows. */
export async function complete(
  query: Query,
  rows: readonly TraceRow[],
): Promise<readonly TraceInfo[]> {
  const parts: TraceInfo[] = []
  for (const chunk of chunks(rows)) parts.push(...(await completeChunk(query, chunk)))
  return parts
}

async function completeChunk(
  query: Query,
  rows: readonly TraceRow[],
): Promise<readonly TraceInfo[]> {
  const db = tables(query)
  const ids = rows.map(({ id }) => id)
  const valuesOf = async (table: 'tracking_trace_tags' | 'tracking_trace_metadata') => {
    const found = await db
      .selectFrom(table)
      .selectAll()
      .where('trace_id', 'in', ids)
      .orderBy('key')
      .execute()
    return Map.groupBy(found, ({ trace_id }) => trace_id)
  }
  const tags = await valuesOf('tracking_trace_tags')
  const metadata = await valuesOf('tracking_trace_metadata')
  const said = await db
    .selectFrom('tracking_assessments')
    .selectAll()
    .where('trace_id', 'in', ids)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const assessments = Map.groupBy(said, ({ trace_id }) => trace_id)
  return rows.map((row) => ({
    id: row.id,
    clientRequestId: row.client_request_id,
    experimentId: String(row.experiment_id),
    at: row.at,
    duration: row.duration,
    state: row.state as TraceState,
    requestPreview: row.request_preview,
    responsePreview: row.response_preview,
    tags: toTexts(tags.get(row.id)),
    metadata: toTexts(metadata.get(row.id)),
    assessments: (assessments.get(row.id) ?? []).map(toAssessment),
  }))
}

function toTexts(rows: readonly ValueRow[] = []): Texts {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

export function toAssessment(row: AssessmentRow): Assessment {
  return {
    id: row.id,
    traceId: row.trace_id,
    name: row.name,
    kind: row.kind as AssessmentKind,
    value: JSON.parse(row.value) as Json,
    error: row.error === null ? null : (JSON.parse(row.error) as JsonObject),
    sourceType: row.source_type,
    sourceId: row.source_id,
    spanId: row.span_id,
    rationale: row.rationale,
    metadata: JSON.parse(row.metadata) as Texts,
    overrides: row.overrides,
    valid: row.valid === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export async function saveRow(tx: Tx, row: TraceRow): Promise<void> {
  const { id: _id, ...change } = row
  await tables(tx)
    .insertInto('tracking_traces')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
    .execute()
}

/** Sets them; others stay. */
export async function putTexts(
  tx: Tx,
  table: 'tracking_trace_tags' | 'tracking_trace_metadata',
  { traceId, texts }: { readonly traceId: string; readonly texts: Texts },
): Promise<void> {
  const rows = Object.entries(texts).map(([key, value]) => ({ trace_id: traceId, key, value }))
  for (const chunk of chunks(rows))
    await tables(tx)
      .insertInto(table)
      .values(chunk)
      .onConflict((conflict) =>
        conflict
          .columns(['trace_id', 'key'])
          .doUpdateSet((update) => ({ value: update.ref('excluded.value') })),
      )
      .execute()
}

export async function putSpans(tx: Tx, rows: readonly SpanRow[]): Promise<void> {
  for (const chunk of chunks(rows, 100))
    await tables(tx)
      .insertInto('tracking_trace_spans')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['trace_id', 'span_id']).doUpdateSet((update) => ({
          parent_id: update.ref('excluded.parent_id'),
          name: update.ref('excluded.name'),
          type: update.ref('excluded.type'),
          status: update.ref('excluded.status'),
          started_us: update.ref('excluded.started_us'),
          content: update.ref('excluded.content'),
        })),
      )
      .execute()
}

/** The texts of the spans of some traces, each trace's root first, then by start. */
export async function contentsOf(
  query: Query,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows: Pick<SpanRow, 'trace_id' | 'content'>[] = []
  for (const chunk of chunks(ids))
    rows.push(
      ...(await tables(query)
        .selectFrom('tracking_trace_spans')
        .select(['trace_id', 'content'])
        .where('trace_id', 'in', chunk)
        .orderBy((order) => order.case().when('parent_id', 'is', null).then(0).else(1).end())
        .orderBy('started_us')
        .orderBy('span_id')
        .execute()),
    )
  const byTrace = Map.groupBy(rows, ({ trace_id }) => trace_id)
  return new Map([...byTrace].map(([id, found]) => [id, found.map(({ content }) => content)]))
}
