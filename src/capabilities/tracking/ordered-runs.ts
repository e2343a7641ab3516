import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import type { Dialect } from './filter/condition.ts'
import { type PagePlace, tokenAfter } from './filter/page.ts'
import { keyNumber } from './run-conditions.ts'
import type { Narrowing } from './run-filter.ts'
import { isAfter, type KeysetTerm, type RunOrder } from './run-order.ts'
import type { RunRow } from './store.ts'

/** Which runs, in which order: start, newest first, and id decide where the orders do not. */
export interface RunPlan {
  readonly dialect: Dialect
  readonly experiments: readonly number[]
  /** All of them hold. */
  readonly where: readonly Expression<SqlBool>[]
  readonly narrow: readonly Narrowing[]
  readonly orders: readonly RunOrder[]
}

/** A run with what it is ordered by. */
export type OrderedRun = RunRow & { readonly seq: number } & Readonly<
    Record<string, string | number | null>
  >

export interface PlanPart {
  readonly place: PagePlace
  readonly size: number
}

const FEW = 2000

/**
 * The runs at a place of the order. No run is looked at that need not be: where some term of the filter has few, only
 * those; else the index of the order is walked until the page is full.
 */
export async function readOrderedRuns(
  query: Query,
  plan: RunPlan,
  part: PlanPart,
): Promise<readonly OrderedRun[]> {
  const few = await fewRuns(query, plan.narrow)
  const segments = few === null ? segmentsOf(plan) : [wholeSegment(plan, few)]
  const rows: OrderedRun[] = []
  let place: PagePlace = part.place
  for (const segment of segments) {
    const more = { place, size: part.size - rows.length }
    const found = await readSegment(query, { plan, segment }, more)
    rows.push(...found)
    if (rows.length >= part.size) break
    if ('offset' in place && place.offset > 0)
      place = { offset: found.length > 0 ? 0 : place.offset - (await countOf(query, segment)) }
  }
  return rows
}

/** The token of the page after this run. */
export function tokenAfterRun(run: OrderedRun, orders: readonly RunOrder[]): string {
  const values = orders.flatMap((_order, index) => [run[`rank_${index}`], run[`value_${index}`]])
  return tokenAfter([...values.map((value) => value ?? null), run.start_time, run.id])
}

async function fewRuns(
  query: Query,
  narrow: readonly Narrowing[],
): Promise<Expression<SqlBool> | null> {
  let fewest = FEW + 1
  let found: Expression<SqlBool> | null = null
  for (const { column, select } of narrow) {
    const { rows } = await sql<{ n: number | string }>`
      select count(*) as n from (${select} limit ${fewest}) as few`.execute(query)
    const n = Number(rows[0]?.n)
    if (n >= fewest) continue
    fewest = n
    found = sql<SqlBool>`${sql.ref(column)} in (${select})`
  }
  return found
}

/** A stretch of the order that one index or one sort gives. */
interface Segment {
  readonly from: RawBuilder<unknown>
  readonly where: readonly Expression<SqlBool>[]
  /** What the first order has for all of the stretch; null where it is ordered as any other. */
  readonly first: { readonly rank: number; readonly value: Expression<unknown> | null } | null
}

function wholeSegment(plan: RunPlan, few?: Expression<SqlBool>): Segment {
  const where = [inExperiments(sql`run.experiment_id`, plan), ...plan.where]
  return {
    from: sql`tracking_runs as run`,
    where: few === undefined ? where : [...where, few],
    first: null,
  }
}

// In the order of a metric first come its values by their index, then the runs whose value is NaN, then those without.
// SQLite has no such index: it is asked about few runs, or where every run must be looked at anyway.
function segmentsOf(plan: RunPlan): readonly Segment[] {
  if (plan.dialect === 'sqlite') return [wholeSegment(plan)]
  const field = plan.orders[0]?.field
  if (field?.kind !== 'metric' || field.aggregate !== 'last' || plan.experiments.length > 1)
    return [wholeSegment(plan)]
  const from = sql`tracking_series as series cross join tracking_runs as run`
  const walk = (rank: 0 | 1): Segment => ({
    from,
    where: [
      inExperiments(sql`series.experiment`, plan),
      sql<SqlBool>`series.key = ${keyNumber(field.key)}`,
      sql<SqlBool>`series.is_nan = ${sql.lit(rank)}`,
      sql<SqlBool>`run.seq = series.run`,
      ...plan.where,
    ],
    first: { rank, value: sql`series.value` },
  })
  const without = sql<SqlBool>`not exists (select 1 from tracking_series as one
    where one.run = run.seq and one.key = ${keyNumber(field.key)})`
  const missing = wholeSegment(plan, without)
  return [walk(0), walk(1), { ...missing, first: { rank: 2, value: null } }]
}

function inExperiments(column: RawBuilder<unknown>, { experiments }: RunPlan): Expression<SqlBool> {
  return experiments.length === 1
    ? sql<SqlBool>`${column} = ${experiments[0]}`
    : sql<SqlBool>`${column} in (${sql.join(experiments)})`
}

interface Planned {
  readonly plan: RunPlan
  readonly segment: Segment
}

async function readSegment(
  query: Query,
  { plan, segment }: Planned,
  { place, size }: PlanPart,
): Promise<readonly OrderedRun[]> {
  const terms = termsOf(plan, segment)
  const where = [...segment.where]
  if ('after' in place) {
    const after = afterPlace(terms, segment, place.after)
    if (after === null) return []
    where.push(...after)
  }
  const columns = plan.orders.map((order, index) => {
    const { rank, value } = outputOf(order, index === 0 ? segment.first : null)
    return sql`, ${rank} as ${sql.ref(`rank_${index}`)}, ${value} as ${sql.ref(`value_${index}`)}`
  })
  const order = terms.map(({ value, descending }) => sql`${value} ${direction(descending)}`)
  const { rows } = await sql<OrderedRun>`
    select run.* ${columns.length === 0 ? sql`` : sql.join(columns, sql``)} from ${segment.from}
    where ${sql.join(where, sql` and `)} order by ${sql.join(order)}
    limit ${size} offset ${'offset' in place ? place.offset : 0}`.execute(query)
  return rows
}

interface Term {
  readonly value: Expression<unknown>
  readonly descending: boolean
  /** Where a page token has the value of this term. */
  readonly place: number
}

function termsOf({ orders }: RunPlan, { first }: Segment): readonly Term[] {
  const terms: Term[] = orders.flatMap((order, index) => {
    const value = { value: order.value, descending: order.descending, place: 2 * index + 1 }
    if (index > 0 || first === null)
      return [{ value: order.rank, descending: false, place: 2 * index }, value]
    return first.value === null || first.rank > 0 ? [] : [{ ...value, value: first.value }]
  })
  const place = 2 * orders.length
  return [
    ...terms,
    { value: sql`run.start_time`, descending: true, place },
    { value: sql`run.id`, descending: false, place: place + 1 },
  ]
}

function outputOf(order: RunOrder, first: Segment['first']) {
  if (first === null) return order
  return { rank: sql`${sql.lit(first.rank)}`, value: first.value ?? sql`null` }
}

// The bound on the first term says nothing new, but an index can use it.
function afterPlace(
  terms: readonly Term[],
  { first }: Segment,
  values: readonly (string | number | null)[],
): readonly Expression<SqlBool>[] | null {
  if (first !== null && Number(values[0]) > first.rank) return null
  if (first !== null && Number(values[0]) < first.rank) return []
  const keyset: KeysetTerm[] = terms.map((term) => ({ ...term, after: values[term.place] ?? null }))
  const [lead] = keyset
  if (lead === undefined || lead.after === null) return [isAfter(keyset)]
  const bound = sql<SqlBool>`${lead.value} ${sql.raw(lead.descending ? '<=' : '>=')} ${lead.after}`
  return [bound, isAfter(keyset)]
}

async function countOf(query: Query, { from, where }: Segment): Promise<number> {
  const { rows } = await sql<{ n: number | string }>`
    select count(*) as n from ${from} where ${sql.join(where, sql` and `)}`.execute(query)
  return Number(rows[0]?.n)
}

function direction(descending: boolean): RawBuilder<unknown> {
  return sql.raw(descending ? 'desc' : 'asc')
}
