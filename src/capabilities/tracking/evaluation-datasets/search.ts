import { type Expression, type SqlBool, sql } from 'kysely'
import type { TrackingDeps } from '../deps.ts'
import {
  allowComparators,
  type Clause,
  type Dialect,
  filterError,
  numberCondition,
  type Order,
  pageOf,
  type Page,
  parseFilter,
  parseOrder,
  startOfPage,
  textCondition,
} from '../filter/index.ts'
import { invalidValue } from '../names.ts'
import type { EvaluationDataset, EvaluationSearch } from './schema.ts'
import { completeDatasets, evaluationTables } from './store.ts'

const MOST_RESULTS = 1000

/** Newest first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchDatasets(
  deps: TrackingDeps,
  search: EvaluationSearch,
): Promise<Page<EvaluationDataset>> {
  const { query, dialect } = deps.database
  const size = search.maxResults ?? MOST_RESULTS
  if (!(size >= 1 && size <= 50_000))
    throw invalidValue('max_results', size, 'It must be between 1 and 50000')
  const start = startOfPage(search.pageToken)
  let select = evaluationTables(query)
    .selectFrom('tracking_evaluation_datasets as data')
    .selectAll()
  const experiments = search.experimentIds ?? []
  if (experiments.length > 0)
    select = select.where(
      sql<SqlBool>`exists (select 1 from tracking_evaluation_experiments as link
        where link.dataset_id = data.id and link.experiment_id in (${sql.join(experiments)}))`,
    )
  for (const clause of parseFilter(search.filter ?? ''))
    select = select.where(condition(clause, dialect))
  for (const order of (search.orderBy ?? []).map(parseOrder))
    select = select.orderBy(
      sql.ref(`data.${columnOf(order).name}`),
      order.descending ? 'desc' : 'asc',
    )
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  return { ...page, items: await completeDatasets(query, page.items) }
}

function condition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  if (clause.entity === 'tag' || clause.entity === 'tags') {
    allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE'])
    const value = textCondition(sql.ref('tag.value'), clause, dialect)
    return sql<SqlBool>`exists (select 1 from tracking_evaluation_tags as tag
      where tag.dataset_id = data.id and tag.key = ${clause.key} and ${value})`
  }
  const { name, numeric } = columnOf(clause)
  const reference = sql.ref(`data.${name}`)
  return numeric ? numberCondition(reference, clause) : textCondition(reference, clause, dialect)
}

const COLUMNS: Readonly<Record<string, { readonly name: string; readonly numeric: boolean }>> = {
  name: { name: 'name', numeric: false },
  created_time: { name: 'created_at', numeric: true },
  last_update_time: { name: 'updated_at', numeric: true },
  created_by: { name: 'created_by', numeric: false },
  last_updated_by: { name: 'updated_by', numeric: false },
}

function columnOf({ entity, key }: Pick<Order, 'entity' | 'key'>) {
  const column = entity === null || /^attributes?$/.test(entity) ? COLUMNS[key] : undefined
  if (column !== undefined) return column
  throw filterError(
    `Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(COLUMNS).join(', ')}'`,
  )
}
