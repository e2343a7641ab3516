import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { filterError } from './filter/condition.ts'
import { type Order, parseOrder } from './filter/parse.ts'
import { aggregateColumn, CHILDREN, keyNumber, PARENT_TAG, valueTable } from './run-conditions.ts'
import { type RunField, runField } from './run-fields.ts'

/** One term of an order. Missing values and NaN come last in both directions, so `rank` is ordered first. */
export interface RunOrder {
  readonly field: RunField
  readonly descending: boolean
  readonly rank: Expression<unknown>
  readonly value: Expression<unknown>
}

/** @throws FILTER_INVALID */
export function readRunOrders(texts: readonly string[]): readonly RunOrder[] {
  const orders = texts.map(parseOrder)
  const names = orders.map((order) => JSON.stringify(runField(order)))
  if (new Set(names).size < names.length)
    throw filterError(`\`order_by\` contains duplicate fields: [${texts.join(', ')}]`)
  return orders.map(readOrder)
}

function readOrder(order: Order): RunOrder {
  const field = runField(order)
  const { descending } = order
  if (field.kind === 'metric') {
    const of = (column: string) => sql`(select ${sql.ref(column)} from tracking_series as latest
      where latest.run = run.seq and latest.key = ${keyNumber(field.key)})`
    const column = aggregateColumn(field.aggregate, field.key)
    if (column === 'value')
      return { field, descending, rank: sql`coalesce(${of('is_nan')}, 2)`, value: of('value') }
    return { field, descending, ...missingLast(of(column)) }
  }
  return { field, descending, ...missingLast(valueOf(field)) }
}

function missingLast(value: Expression<unknown>) {
  return { rank: sql`case when ${value} is null then 1 else 0 end`, value }
}

function valueOf(field: Exclude<RunField, { kind: 'metric' }>): RawBuilder<unknown> {
  const stored = (kind: 'param' | 'tag', key: string) =>
    sql`(select value from ${valueTable(kind)} as one where one.run_id = run.id and one.key = ${key})`
  switch (field.kind) {
    case 'param':
    case 'tag':
      return stored(field.kind, field.key)
    case 'parent':
      return stored('tag', PARENT_TAG)
    case 'children':
      return CHILDREN
    case 'attribute':
      return sql`${sql.ref(`run.${field.column}`)}`
    case 'dataset':
      throw filterError(`Invalid order_by entity type 'dataset'`)
  }
}

export interface KeysetTerm {
  readonly value: Expression<unknown>
  readonly descending: boolean
  readonly after: string | number | null
}

/** What comes after these values in the order of the terms. A missing value has nothing after it but by later terms. */
export function isAfter(terms: readonly KeysetTerm[]): Expression<SqlBool> {
  return terms.reduceRight<Expression<SqlBool>>(
    (rest, { value, descending, after }) => {
      if (after === null) return rest
      const beyond = sql<SqlBool>`${value} ${sql.raw(descending ? '<' : '>')} ${after}`
      return sql<SqlBool>`(${beyond} or (${value} = ${after} and ${rest}))`
    },
    sql<SqlBool>`1 = 0`,
  )
}
