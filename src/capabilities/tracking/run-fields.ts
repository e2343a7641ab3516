import { type Expression, type SqlBool, sql } from 'kysely'
import {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from './filter/condition.ts'
import type { Clause, Identifier } from './filter/parse.ts'

/** What a filter or an order of runs may name. */
export type RunField =
  | { readonly kind: 'metric' | 'param' | 'tag'; readonly key: string }
  | { readonly kind: 'dataset'; readonly key: 'name' | 'digest' | 'context' }
  | { readonly kind: 'attribute'; readonly column: string; readonly numeric: boolean }

const KINDS: Readonly<Record<string, 'metric' | 'param' | 'tag' | 'dataset' | 'attribute'>> = {
  metric: 'metric',
  metrics: 'metric',
  param: 'param',
  params: 'param',
  parameter: 'param',
  parameters: 'param',
  tag: 'tag',
  tags: 'tag',
  dataset: 'dataset',
  datasets: 'dataset',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
}

const ATTRIBUTES: Readonly<Record<string, { column: string; numeric: boolean }>> = {
  run_id: { column: 'id', numeric: false },
  run_name: { column: 'name', numeric: false },
  'run name': { column: 'name', numeric: false },
  user_id: { column: 'user_id', numeric: false },
  status: { column: 'status', numeric: false },
  artifact_uri: { column: 'artifact_uri', numeric: false },
  start_time: { column: 'start_time', numeric: true },
  created: { column: 'start_time', numeric: true },
  end_time: { column: 'end_time', numeric: true },
}

/** @throws FILTER_INVALID */
export function runField({ entity, key }: Identifier): RunField {
  const kind = entity === null ? 'attribute' : KINDS[entity]
  if (kind === undefined)
    throw filterError(
      `Invalid entity type '${entity}'. Valid values are ${Object.keys(KINDS).join(', ')}`,
    )
  if (kind === 'dataset') {
    if (key === 'name' || key === 'digest' || key === 'context') return { kind, key }
    throw filterError(`Invalid dataset key '${key}'. Valid keys are name, digest, context`)
  }
  if (kind !== 'attribute') return { kind, key }
  const attribute = ATTRIBUTES[key.toLowerCase()]
  if (attribute === undefined)
    throw filterError(
      `Invalid attribute key '${key}' specified. Valid keys are '${Object.keys(ATTRIBUTES).join(', ')}'`,
    )
  return { kind, ...attribute }
}

const VALUE_COMPARATORS = ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']

/** A clause about runs as a condition on `tracking_runs as run`. @throws FILTER_INVALID */
export function runCondition(clause: Clause, dialect: Dialect): Expression<SqlBool> {
  const field = runField(clause)
  switch (field.kind) {
    case 'metric': {
      const value = numberCondition(sql.ref('latest.value'), clause)
      return sql<SqlBool>`exists (select 1 from tracking_series as latest
        where latest.run = run.seq and latest.key = (select id from tracking_keys where key = ${field.key}) and latest.is_nan = 0 and ${value})`
    }
    case 'param':
    case 'tag':
      allowComparators(clause, VALUE_COMPARATORS)
      return valueCondition(field.kind, clause, dialect)
    case 'dataset':
      allowComparators(clause, ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'])
      return datasetCondition(field.key, clause, dialect)
    case 'attribute':
      return attributeCondition(field, clause, dialect)
  }
}

function valueCondition(
  kind: 'param' | 'tag',
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  const table = sql.table(kind === 'param' ? 'tracking_params' : 'tracking_tags')
  const has = (condition: Expression<SqlBool>) =>
    sql<SqlBool>`exists (select 1 from ${table} as one where one.run_id = run.id and one.key = ${clause.key} and ${condition})`
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
  field: { readonly column: string; readonly numeric: boolean },
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  const column = sql.ref(`run.${field.column}`)
  if (field.numeric) return numberCondition(column, clause)
  if (clause.test === 'in' && field.column !== 'id')
    throw filterError(
      "Only ['run_id'] attributes support comparison with a list of quoted string values.",
    )
  if (clause.test === 'null')
    throw filterError(
      `IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' '${clause.key}'`,
    )
  return textCondition(column, clause, dialect)
}
