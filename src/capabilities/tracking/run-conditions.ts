import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  allowComparators,
  containsCondition,
  type Dialect,
  filterError,
  nullCondition,
  numberCondition,
  numberOrListCondition,
  textCondition,
} from './filter/condition.ts'
import type { Aggregate, Clause, Literal } from './filter/parse.ts'
import { lowerIsBetter, type RunField, runField } from './run-fields.ts'

export const PARENT_TAG = 'mlflow.parentRunId'
/** Written out, not bound: only so does SQLite see that its index of parents is meant. */
export const PARENT_KEY = sql.lit(PARENT_TAG)

const VALUE_COMPARATORS = ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE', 'IN', 'NOT IN']
const OR_NULL = [...VALUE_COMPARATORS, 'IS NULL', 'IS NOT NULL']

/** A clause about runs as a condition on `tracking_runs as run`. @throws FILTER_INVALID */
export function runCondition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  const field = runField(clause)
  switch (field.kind) {
    case 'metric':
      return metricCondition(field.aggregate, clause)
    case 'param':
    case 'tag':
      allowComparators(clause, OR_NULL)
      return valueCondition(field.kind, clause, dialect)
    case 'parent':
      allowComparators(clause, OR_NULL)
      return valueCondition('tag', { ...asRunIds(clause), key: PARENT_TAG }, dialect)
    case 'children':
      return numberOrListCondition(CHILDREN, clause)
    case 'dataset':
      allowComparators(clause, VALUE_COMPARATORS)
      return datasetCondition(field.key, clause, dialect)
    case 'attribute':
      return attributeCondition(field, clause, dialect)
  }
}

// PostgreSQL's index begins with the first 40 characters.
export const CHILDREN = sql`(select count(*) from tracking_tags as child
  where child.key = ${PARENT_KEY} and child.value = run.id and substr(child.value, 1, 40) = substr(run.id, 1, 40))`

export function keyNumber(key: string): RawBuilder<unknown> {
  return sql`(select id from tracking_keys where key = ${key})`
}

/** Where a value of a metric's history is kept, in `tracking_series`. */
export function aggregateColumn(
  aggregate: Aggregate,
  key: string,
): 'value' | 'lowest' | 'highest' | 'logged' {
  switch (aggregate) {
    case 'last':
      return 'value'
    case 'min':
      return 'lowest'
    case 'max':
      return 'highest'
    case 'best':
      return lowerIsBetter(key) ? 'lowest' : 'highest'
    case 'count':
      return 'logged'
  }
}

// NaN compares with nothing: it is neither below nor above, nor different.
function metricCondition(aggregate: Aggregate, clause: Clause): Expression<SqlBool> {
  const has = (condition: Expression<SqlBool>) =>
    sql<SqlBool>`exists (select 1 from tracking_series as latest
      where latest.run = run.seq and latest.key = ${keyNumber(clause.key)} and ${condition})`
  if (clause.test === 'null') {
    const exists = has(sql<SqlBool>`1 = 1`)
    return clause.negated ? exists : sql<SqlBool>`not ${exists}`
  }
  const column = sql.ref(`latest.${aggregateColumn(aggregate, clause.key)}`)
  const value = numberOrListCondition(column, clause)
  return has(aggregate === 'last' ? sql<SqlBool>`latest.is_nan = 0 and ${value}` : value)
}

export function valueTable(kind: 'param' | 'tag'): RawBuilder<unknown> {
  return sql.table(kind === 'param' ? 'tracking_params' : 'tracking_tags')
}

function valueCondition(
  kind: 'param' | 'tag',
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  const has = (condition: Expression<SqlBool>) =>
    sql<SqlBool>`exists (select 1 from ${valueTable(kind)} as one
      where one.run_id = run.id and one.key = ${clause.key} and ${condition})`
  if (clause.test !== 'null') return has(textCondition(sql.ref('one.value'), clause, dialect))
  const exists = has(sql<SqlBool>`1 = 1`)
  return clause.negated ? exists : sql<SqlBool>`not ${exists}`
}

// The context of a dataset is the tag `mlflow.data.context` of its use.
function datasetCondition(
  key: 'name' | 'digest' | 'context',
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  const column = key === 'context' ? contextOf(dialect) : sql`used.${sql.ref(key)}`
  const condition = textCondition(column, clause, dialect)
  return sql<SqlBool>`exists (select 1 from tracking_run_datasets as used where used.run_id = run.id and ${condition})`
}

function contextOf(dialect: Dialect): Expression<unknown> {
  return dialect === 'sqlite'
    ? sql`(select json_extract(tag.value, '$.value') from json_each(used.tags) as tag
        where json_extract(tag.value, '$.key') = 'mlflow.data.context')`
    : sql`(select tag->>'value' from jsonb_array_elements(used.tags::jsonb) as tag
        where tag->>'key' = 'mlflow.data.context')`
}

function attributeCondition(
  field: Extract<RunField, { kind: 'attribute' }>,
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  const column = sql.ref(`run.${field.column}`)
  if (field.column === 'end_time' && clause.test === 'null')
    return nullCondition(column, clause.negated)
  if (field.numeric)
    return clause.test === 'in'
      ? numberOrListCondition(column, clause)
      : numberCondition(column, clause)
  if (clause.test === 'null')
    throw filterError(
      `IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' '${clause.key}'`,
    )
  return textCondition(column, field.column === 'id' ? asRunIds(clause) : clause, dialect)
}

// Ids are stored in small letters; people and spreadsheets write them in capitals.
export function asRunIds(clause: Clause): Clause {
  if (clause.test !== 'in') return clause
  const list = clause.list.flatMap((literal): readonly Literal[] =>
    literal.kind === 'text'
      ? [literal, { ...literal, text: literal.text.toLowerCase() }]
      : [literal],
  )
  return { ...clause, list }
}

/** Whether a text occurs in the name of a run, or in a value of its params or tags, or is its id. */
export function wordsCondition(text: string, dialect: Dialect): Expression<SqlBool> {
  const within = (column: string) => containsCondition(sql.ref(column), text, dialect)
  const inValues = (kind: 'param' | 'tag') =>
    sql<SqlBool>`exists (select 1 from ${valueTable(kind)} as one
      where one.run_id = run.id and ${within('one.value')})`
  return sql<SqlBool>`(${within('run.name')} or run.id = ${text.toLowerCase()}
    or ${inValues('param')} or ${inValues('tag')})`
}
