import { type Expression, type SqlBool, sql } from 'kysely'
import type { TrackingDeps } from './deps.ts'
import {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from './filter/condition.ts'
import { pageOf, type Page, startOfPage } from './filter/page.ts'
import { parseFilter } from './filter/expression.ts'
import { type Clause, type Identifier, parseOrder } from './filter/parse.ts'
import { invalidValue } from './names.ts'
import type { Experiment, LifecycleView } from './schema.ts'
import { tables, toExperiment, toValues } from './store.ts'

export interface ExperimentSearch {
  readonly filter?: string | undefined
  readonly view?: LifecycleView | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly maxResults: number
  readonly pageToken?: string | undefined
}

const MOST_RESULTS = 50_000

/** Newest first unless told otherwise. @throws FILTER_INVALID, TRACKING_INVALID */
export async function searchExperiments(
  deps: TrackingDeps,
  search: ExperimentSearch,
): Promise<Page<Experiment>> {
  const { query, dialect } = deps.database
  const { maxResults: size, view = 'active' } = search
  if (!(size >= 1 && size <= MOST_RESULTS))
    throw invalidValue('max_results', size, `It must be between 1 and ${MOST_RESULTS}`)
  const start = startOfPage(search.pageToken)
  let select = tables(query).selectFrom('tracking_experiments as experiment').selectAll()
  if (view !== 'all') select = select.where('lifecycle', '=', view)
  for (const clause of parseFilter(search.filter ?? ''))
    select = select.where(condition(clause, dialect))
  for (const order of (search.orderBy ?? []).map(parseOrder))
    select = select.orderBy(columnOf(order).name, order.descending ? 'desc' : 'asc')
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1)
    .offset(start)
    .execute()
  const page = pageOf(rows, start, size)
  const tags = await tagsOf(
    deps,
    page.items.map((row) => row.id),
  )
  return {
    ...page,
    items: page.items.map((row) => toExperiment(row, toValues(tags.get(row.id) ?? []))),
  }
}

async function tagsOf({ database }: TrackingDeps, ids: readonly number[]) {
  if (ids.length === 0) return new Map<number, []>()
  const rows = await tables(database.query)
    .selectFrom('tracking_experiment_tags')
    .selectAll()
    // Ids are whole numbers of ours, so a range stands for a list of up to 50,000.
    .where(
      'experiment_id',
      '>=',
      ids.reduce((least, id) => Math.min(least, id)),
    )
    .where(
      'experiment_id',
      '<=',
      ids.reduce((most, id) => Math.max(most, id)),
    )
    .orderBy('key')
    .execute()
  return Map.groupBy(rows, (row) => row.experiment_id)
}

const COLUMNS = {
  name: { name: 'name', numeric: false },
  experiment_id: { name: 'id', numeric: true },
  creation_time: { name: 'created_at', numeric: true },
  last_update_time: { name: 'updated_at', numeric: true },
} as const

function columnOf({ entity, key }: Identifier): (typeof COLUMNS)[keyof typeof COLUMNS] {
  const plain = entity === null || entity === 'attribute' || entity === 'attributes'
  if (plain && Object.hasOwn(COLUMNS, key)) return COLUMNS[key as keyof typeof COLUMNS]
  throw filterError(
    `Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(COLUMNS).join(', ')}'`,
  )
}

function condition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  if (clause.entity === 'tag' || clause.entity === 'tags') return tagCondition(clause, dialect)
  const column = columnOf(clause)
  const reference = sql.ref(`experiment.${column.name}`)
  if (column.numeric) return numberCondition(reference, clause)
  allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE'])
  return textCondition(reference, clause, dialect)
}

function tagCondition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'])
  const has = (value: Expression<SqlBool>) =>
    sql<SqlBool>`exists (select 1 from tracking_experiment_tags as tag
      where tag.experiment_id = experiment.id and tag.key = ${clause.key} and ${value})`
  if (clause.test !== 'null') return has(textCondition(sql.ref('tag.value'), clause, dialect))
  const exists = has(sql<SqlBool>`1 = 1`)
  return clause.negated ? exists : sql<SqlBool>`not ${exists}`
}
