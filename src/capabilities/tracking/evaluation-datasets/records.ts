import { randomUUID } from 'node:crypto'
import { sha256 } from '../../../base/hash.ts'
import type { Json, JsonObject } from '../../../base/json.ts'
import type { Query, Tx } from '../../../storage/database/port.ts'
import type { TrackingDeps } from '../deps.ts'
import { pageOf, type Page, startOfPage } from '../filter/index.ts'
import { digestOf, getDataset } from './datasets.ts'
import type { EvaluationContent, EvaluationDataset, EvaluationRecord } from './schema.ts'
import { evaluationTables } from './store.ts'

/** Adds records; one with the inputs of another changes that one. @throws TRACKING_UNKNOWN */
export async function putRecords(
  deps: TrackingDeps,
  id: string,
  records: readonly EvaluationContent[],
): Promise<{ readonly inserted: number; readonly updated: number }> {
  return deps.database.transaction(async (tx) => {
    const dataset = await getDataset(tx, id)
    const now = deps.clock.now()
    let inserted = 0
    for (const record of records) if (await putRecord(tx, { id, now }, record)) inserted += 1
    await describe(tx, { dataset, now }, records)
    return { inserted, updated: records.length - inserted }
  })
}

async function putRecord(
  tx: Tx,
  { id, now }: { readonly id: string; readonly now: number },
  record: EvaluationContent,
): Promise<boolean> {
  const db = evaluationTables(tx)
  const input_hash = sha256(JSON.stringify(sorted(record.inputs)))
  const there = await db
    .selectFrom('tracking_evaluation_records')
    .selectAll()
    .where('dataset_id', '=', id)
    .where('input_hash', '=', input_hash)
    .executeTakeFirst()
  if (there === undefined) {
    const values = { id: `dr-${randomUUID().replaceAll('-', '')}`, dataset_id: id, input_hash }
    await db
      .insertInto('tracking_evaluation_records')
      .values({ ...values, content: JSON.stringify(record), created_at: now, updated_at: now })
      .execute()
    return true
  }
  const content = JSON.stringify(merged(JSON.parse(there.content) as EvaluationContent, record))
  await db
    .updateTable('tracking_evaluation_records')
    .set({ content, updated_at: now })
    .where('id', '=', there.id)
    .execute()
  return false
}

function merged(old: EvaluationContent, { outputs, expectations, tags }: EvaluationContent) {
  return {
    ...old,
    ...(outputs === undefined ? {} : { outputs }),
    ...(expectations === undefined
      ? {}
      : { expectations: { ...old.expectations, ...expectations } }),
    ...(tags === undefined ? {} : { tags: { ...old.tags, ...tags } }),
  }
}

// The same inputs are the same, whatever the order of their names.
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item as Json)]))
}

async function describe(
  tx: Tx,
  { dataset, now }: { readonly dataset: EvaluationDataset; readonly now: number },
  records: readonly EvaluationContent[],
): Promise<void> {
  const count = await countRecords(tx, dataset.id)
  await evaluationTables(tx)
    .updateTable('tracking_evaluation_datasets')
    .set({
      schema: JSON.stringify(schemaOf(dataset.schema, records)),
      profile: JSON.stringify({ num_records: count }),
      digest: digestOf(dataset.name, now),
      updated_at: now,
    })
    .where('id', '=', dataset.id)
    .execute()
}

async function countRecords(query: Query, id: string): Promise<number> {
  const { count } = await evaluationTables(query)
    .selectFrom('tracking_evaluation_records')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('dataset_id', '=', id)
    .executeTakeFirstOrThrow()
  return Number(count)
}

const PARTS = ['inputs', 'outputs', 'expectations'] as const

/** The type that each field had when it came first, as MLflow names them. */
export function schemaOf(known: string | null, records: readonly EvaluationContent[]): JsonObject {
  const before = known === null ? {} : (JSON.parse(known) as Record<string, JsonObject>)
  const fields = PARTS.map((part) => {
    const types: Record<string, Json> = { ...before[part] }
    for (const record of records)
      for (const [key, value] of Object.entries(record[part] ?? {})) types[key] ??= typeOf(value)
    return [part, types] as const
  })
  return { ...Object.fromEntries(fields), version: '1.0' }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float'
  return typeof value
}

/** In the order in which they came. @throws TRACKING_UNKNOWN */
export async function listRecords(
  query: Query,
  id: string,
  asked: { readonly maxResults?: number | undefined; readonly pageToken?: string | undefined },
): Promise<Page<EvaluationRecord>> {
  await getDataset(query, id)
  const start = startOfPage(asked.pageToken)
  const size = Math.max(1, Math.min(asked.maxResults ?? 1000, 10_000))
  const rows = await evaluationTables(query)
    .selectFrom('tracking_evaluation_records')
    .selectAll()
    .where('dataset_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .limit(size + 1)
    .offset(start)
    .execute()
  const records = rows.map((row) => ({
    ...(JSON.parse(row.content) as EvaluationContent),
    id: row.id,
    datasetId: row.dataset_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }))
  return pageOf(records, start, size)
}

/** How many there were. @throws TRACKING_UNKNOWN */
export async function deleteRecords(
  deps: TrackingDeps,
  id: string,
  recordIds: readonly string[],
): Promise<number> {
  return deps.database.transaction(async (tx) => {
    const dataset = await getDataset(tx, id)
    if (recordIds.length === 0) return 0
    const { numDeletedRows } = await evaluationTables(tx)
      .deleteFrom('tracking_evaluation_records')
      .where('dataset_id', '=', id)
      .where('id', 'in', recordIds)
      .executeTakeFirst()
    await describe(tx, { dataset, now: deps.clock.now() }, [])
    return Number(numDeletedRows)
  })
}
