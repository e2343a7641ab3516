import { type Expression, sql } from 'kysely'
import type { Database } from '../../../storage/database/port.ts'
import { prepareExpression } from '../../../storage/database/regular-expression.ts'
import { filterError } from '../filter/condition.ts'
import { type Page, startOfPage } from '../filter/page.ts'
import { parseFilter } from '../filter/expression.ts'
import { type Clause, type Order, parseOrder } from '../filter/parse.ts'
import { invalid, invalidValue } from '../names.ts'
import { conditionsOf } from './conditions.ts'
import { keyOf } from './keys.ts'
import type { TraceInfo } from './schema.ts'
import { complete, tables } from './store.ts'

export interface TraceSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults: number
  readonly pageToken?: string | undefined
}

const MOST_RESULTS = 500

/** Newest first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchTraces(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  search: TraceSearch,
): Promise<Page<TraceInfo>> {
  const { maxResults: size } = search
  if (!(size >= 1 && size <= MOST_RESULTS))
    throw invalidValue('max_results', size, `It must be between 1 and ${MOST_RESULTS}`)
  const start = startOfPage(search.pageToken)
  const experiments = search.experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
  let select = tables(query)
    .selectFrom('tracking_traces as trace')
    .selectAll('trace')
    .where('trace.experiment_id', 'in', experiments.length === 0 ? [-1] : experiments)
  const clauses = parseFilter(search.filter ?? '', { rlike: true })
  for (const clause of clauses)
    if (clause.test === 'compare' && clause.comparator === 'RLIKE' && dialect === 'sqlite')
      await prepare(clause)
  for (const condition of conditionsOf(clauses, dialect)) select = select.where(condition)
  for (const { value, descending } of ordersOf(search.orderBy ?? []))
    select = select
      .orderBy(sql`case when ${value} is null then 1 else 0 end`)
      .orderBy(value, descending ? 'desc' : 'asc')
  const rows = await select
    .orderBy('trace.at', 'desc')
    .orderBy('trace.id')
    .limit(size)
    .offset(start)
    .execute()
  // As MLflow: a full page has a next one, which may be empty.
  const token = rows.length < size ? null : `{"offset": ${start + size}}`
  return {
    items: await complete(query, rows),
    nextPageToken: token === null ? null : Buffer.from(token).toString('base64'),
  }
}

async function prepare(clause: Clause & { readonly test: 'compare' }): Promise<void> {
  if (clause.literal.kind !== 'text') return
  const fault = await prepareExpression(clause.literal.text)
  if (fault !== null)
    throw filterError(`Invalid regular expression '${clause.literal.text}': ${fault}`)
}

function ordersOf(texts: readonly string[]) {
  const orders = texts.map(parseOrder)
  const names = orders.map(({ entity, key }) => JSON.stringify(keyOf({ entity, key })))
  if (new Set(names).size < names.length)
    throw invalid(`\`order_by\` contains duplicate fields: ${texts.join(', ')}`)
  return orders.map((order) => ({ value: orderValue(order), descending: order.descending }))
}

function orderValue(order: Order): Expression<unknown> {
  const key = keyOf(order)
  switch (key.kind) {
    case 'number':
    case 'text':
      return sql.raw(key.column)
    case 'run':
      return sql`(select value from tracking_trace_metadata where trace_id = trace.id and key = 'mlflow.sourceRun')`
    case 'tag':
      return sql`(select value from tracking_trace_tags where trace_id = trace.id and key = ${key.name})`
    case 'metadata':
      return sql`(select value from tracking_trace_metadata where trace_id = trace.id and key = ${key.name})`
    default:
      throw filterError(`Invalid order_by entity '${order.entity}' with key '${order.key}'`)
  }
}
