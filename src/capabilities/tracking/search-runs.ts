import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TrackingDeps } from './deps.ts'
import { filterError } from './filter/condition.ts'
import { pageOf, type Page, startOfPage } from './filter/page.ts'
import { type Order, parseFilter, parseOrder } from './filter/parse.ts'
import { invalidValue } from './names.ts'
import { completeRuns } from './run-data.ts'
import { runCondition, runField } from './run-fields.ts'
import type { LifecycleView, Run } from './schema.ts'
import { tables, toRunInfo } from './store.ts'

export interface RunSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly view?: LifecycleView | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

const MOST_RESULTS = 50_000

/** Newest start first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchRuns(deps: TrackingDeps, search: RunSearch): Promise<Page<Run>> {
  const { query, dialect } = deps.database
  const size = search.maxResults ?? 1000
  if (!(size >= 1 && size <= MOST_RESULTS))
    throw invalidValue('max_results', size, `It must be between 1 and ${MOST_RESULTS}`)
  const start = startOfPage(search.pageToken)
  const conditions = parseFilter(search.filter ?? '').map((clause) => runCondition(clause, dialect))
  const ids = search.experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
  if (ids.length === 0) return pageOf<Run>([], start, size)
  let select = tables(query).selectFrom('tracking_runs as run').selectAll()
  select = select.where('experiment_id', 'in', ids)
  for (const condition of [...conditions, ...viewCondition(search.view ?? 'active')])
    select = select.where(condition)
  for (const order of orderings(search.orderBy ?? [])) select = select.orderBy(order)
  const rows = await select
    .orderBy('start_time', 'desc')
    .orderBy('id')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  return { ...page, items: await completeRuns(query, page.items.map(toRunInfo)) }
}

export function viewCondition(view: LifecycleView): readonly Expression<SqlBool>[] {
  return view === 'all' ? [] : [sql<SqlBool>`run.lifecycle = ${view}`]
}

/** In both directions: real values, then NaN, then missing. @throws FILTER_INVALID */
export function orderings(texts: readonly string[]): readonly RawBuilder<unknown>[] {
  const orders = texts.map(parseOrder)
  const names = orders.map((order) => JSON.stringify(runField(order)))
  if (new Set(names).size < names.length)
    throw filterError(`\`order_by\` contains duplicate fields: [${texts.join(', ')}]`)
  return orders.flatMap(ordering)
}

function ordering(order: Order): readonly RawBuilder<unknown>[] {
  const field = runField(order)
  const direction = sql.raw(order.descending ? 'desc' : 'asc')
  switch (field.kind) {
    case 'metric': {
      const of = (column: string) =>
        sql`(select ${sql.ref(column)} from tracking_series as latest
          where latest.run = run.seq and latest.key = (select id from tracking_keys where key = ${field.key}))`
      return [sql`coalesce(${of('is_nan')}, 2)`, sql`${of('value')} ${direction}`]
    }
    case 'param':
    case 'tag': {
      const table = sql.table(field.kind === 'param' ? 'tracking_params' : 'tracking_tags')
      const value = sql`(select value from ${table} as one where one.run_id = run.id and one.key = ${field.key})`
      return [sql`case when ${value} is null then 1 else 0 end`, sql`${value} ${direction}`]
    }
    case 'attribute': {
      const column = sql.ref(`run.${field.column}`)
      return [sql`case when ${column} is null then 1 else 0 end`, sql`${column} ${direction}`]
    }
    case 'dataset':
      throw filterError(`Invalid order_by entity type 'dataset'`)
  }
}
