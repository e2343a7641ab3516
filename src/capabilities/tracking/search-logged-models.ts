import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { sha256 } from '../../base/hash.ts'
import type { Database } from '../../storage/database/port.ts'
import {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from './filter/condition.ts'
import { pageOf, type Page, startOfPage } from './filter/page.ts'
import { parseFilter } from './filter/expression.ts'
import type { Clause, Identifier } from './filter/parse.ts'
import { completeLoggedModels } from './logged-model-data.ts'
import { invalid, invalidValue } from './names.ts'
import type { LoggedModel } from './schema.ts'
import { tables } from './store.ts'

export interface LoggedModelOrder {
  /** `metrics.rmse`, or an attribute. */
  readonly field: string
  readonly ascending: boolean
  /** Only the metrics that were measured on this data. */
  readonly dataset?: DatasetPick | undefined
}

export interface DatasetPick {
  readonly name: string
  readonly digest?: string | undefined
}

export interface LoggedModelSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  /** Only models with metrics on one of these; conditions on metrics look at no others. */
  readonly datasets?: readonly DatasetPick[] | undefined
  readonly orderBy?: readonly LoggedModelOrder[] | undefined
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

const MOST_RESULTS = 1000

/** Newest first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchLoggedModels(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  search: LoggedModelSearch,
): Promise<Page<LoggedModel>> {
  const size = Math.min(search.maxResults ?? 50, MOST_RESULTS)
  if (!(size >= 1)) throw invalidValue('max_results', size, 'It must be a positive integer')
  const start = startOfSearch(search)
  const ids = search.experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number)
  if (ids.length === 0) return pageOf<LoggedModel>([], start, size)
  let select = tables(query)
    .selectFrom('tracking_logged_models as model')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where('experiment_id', 'in', ids)
  const clauses = parseFilter(search.filter ?? '')
  const data = onDatasets(search.datasets ?? [])
  for (const clause of clauses) select = select.where(condition(clause, dialect, data))
  if (search.datasets?.length && !clauses.some(isMetric)) select = select.where(hasMetric(data))
  for (const order of (search.orderBy ?? []).flatMap(ordering)) select = select.orderBy(order)
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  const items = await completeLoggedModels(query, page.items)
  return {
    items,
    nextPageToken: page.nextPageToken === null ? null : tokenOf(search, start + size),
  }
}

// MLflow binds the token to the search: going on with another one would skip and repeat.
function tokenOf(search: LoggedModelSearch, offset: number): string {
  return Buffer.from(JSON.stringify({ offset, search: digestOf(search) })).toString('base64')
}

function startOfSearch(search: LoggedModelSearch): number {
  const start = startOfPage(search.pageToken)
  if (start > 0 && search.pageToken !== tokenOf(search, start))
    throw invalid('The page token belongs to a search with other experiments, filter or order.')
  return start
}

function digestOf({ experimentIds, filter, orderBy, datasets }: LoggedModelSearch): string {
  return sha256(JSON.stringify([experimentIds, filter, orderBy, datasets])).slice(0, 16)
}

function isMetric({ entity }: Identifier): boolean {
  return entity === 'metric' || entity === 'metrics'
}

function onDatasets(datasets: readonly DatasetPick[]): Expression<SqlBool> {
  if (datasets.length === 0) return sql<SqlBool>`1 = 1`
  const each = datasets.map(({ name, digest }) =>
    digest === undefined
      ? sql<SqlBool>`metric.dataset_name = ${name}`
      : sql<SqlBool>`(metric.dataset_name = ${name} and metric.dataset_digest = ${digest})`,
  )
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`
}

function hasMetric(condition: Expression<SqlBool>): Expression<SqlBool> {
  return sql<SqlBool>`exists (select 1 from tracking_model_metrics as metric
    where metric.model_id = model.id and ${condition})`
}

const COLUMNS: Readonly<Record<string, { column: string; numeric: boolean }>> = {
  name: { column: 'name', numeric: false },
  model_id: { column: 'id', numeric: false },
  model_type: { column: 'model_type', numeric: false },
  status: { column: 'status', numeric: false },
  source_run_id: { column: 'source_run_id', numeric: false },
  creation_timestamp: { column: 'created_at', numeric: true },
  creation_time: { column: 'created_at', numeric: true },
  last_updated_timestamp: { column: 'updated_at', numeric: true },
  last_updated_time: { column: 'updated_at', numeric: true },
}

function condition(
  clause: Clause,
  dialect: Dialect,
  data: Expression<SqlBool>,
): Expression<SqlBool> {
  switch (clause.entity) {
    case 'metric':
    case 'metrics': {
      const value = numberCondition(sql.ref('metric.value'), clause)
      return hasMetric(
        sql<SqlBool>`metric.key = ${clause.key} and metric.is_nan = 0 and ${value} and ${data}`,
      )
    }
    case 'param':
    case 'params':
      return valueCondition('tracking_logged_model_params', clause, dialect)
    case 'tag':
    case 'tags':
      return valueCondition('tracking_logged_model_tags', clause, dialect)
    default: {
      const { column, numeric } = columnOf(clause)
      const reference = sql.ref(`model.${column}`)
      return numeric
        ? numberCondition(reference, clause)
        : textCondition(reference, clause, dialect)
    }
  }
}

function valueCondition(table: string, clause: Clause, dialect: Dialect): Expression<SqlBool> {
  allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE'])
  const value = textCondition(sql.ref('one.value'), clause, dialect)
  return sql<SqlBool>`exists (select 1 from ${sql.table(table)} as one
    where one.model_id = model.id and one.key = ${clause.key} and ${value})`
}

function columnOf({ entity, key }: Identifier): { column: string; numeric: boolean } {
  const plain = entity === null || entity === 'attribute' || entity === 'attributes'
  const column = plain ? COLUMNS[key] : undefined
  if (column === undefined)
    throw filterError(
      `Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(COLUMNS).join(', ')}'`,
    )
  return column
}

// A model may have the same metric from several steps and runs: the newest counts.
function ordering({ field, ascending, dataset }: LoggedModelOrder): readonly RawBuilder<unknown>[] {
  const direction = sql.raw(ascending ? 'asc' : 'desc')
  const dot = field.indexOf('.')
  const entity = dot < 0 ? null : field.slice(0, dot)
  const key = field.slice(dot + 1)
  const data = onDatasets(dataset === undefined ? [] : [dataset])
  const value = isMetric({ entity, key })
    ? sql`(select metric.value from tracking_model_metrics as metric
        where metric.model_id = model.id and metric.key = ${key} and metric.is_nan = 0 and ${data}
        order by metric.at desc, metric.step desc, metric.run_id limit 1)`
    : sql.ref(`model.${columnOf({ entity, key }).column}`)
  return [sql`case when ${value} is null then 1 else 0 end`, sql`${value} ${direction}`]
}
