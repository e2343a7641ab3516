import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  allowComparators,
  type Dialect,
  filterError,
  numberCondition,
  textCondition,
} from '../filter/condition.ts'
import type { Clause } from '../filter/parse.ts'
import { keyOf, type TraceKey } from './keys.ts'

type Condition = Expression<SqlBool>

const VALUES = ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE', 'IN', 'NOT IN']
const TEXTUAL = [...VALUES, 'IS NULL', 'IS NOT NULL']

/** What the clauses ask of `trace`, a row of `tracking_traces`. @throws FILTER_INVALID */
export function conditionsOf(clauses: readonly Clause[], dialect: Dialect): readonly Condition[] {
  const keyed = clauses.map((clause) => ({ clause, key: keyOf(clause) }))
  const ofSpans = keyed.flatMap(({ clause, key }) => {
    const condition = spanCondition(key, clause, dialect)
    return condition === null ? [] : [condition]
  })
  const others = keyed.flatMap(({ clause, key }) => {
    const condition = traceCondition(key, clause, dialect)
    return condition === null ? [] : [condition]
  })
  if (ofSpans.length === 0) return others
  // One and the same span must have all that is asked of a span.
  const all = sql.join([...ofSpans], sql` and `)
  return [
    ...others,
    sql<SqlBool>`exists (select 1 from tracking_trace_spans as span where span.trace_id = trace.id and ${all})`,
  ]
}

function spanCondition(key: TraceKey, clause: Clause, dialect: Dialect): Condition | null {
  if (key.kind === 'span') {
    if (key.column === 'content') allowComparators(clause, ['LIKE', 'ILIKE'])
    else allowComparators(clause, VALUES)
    return textCondition(sql.raw(`span.${key.column}`), clause, dialect)
  }
  if (key.kind !== 'span attribute') return null
  allowComparators(clause, VALUES)
  return textCondition(attributeOf(key.name, dialect), clause, dialect)
}

// An attribute is kept as a JSON text within the JSON of its span: a text is asked for without its quotes.
function attributeOf(name: string, dialect: Dialect): RawBuilder<unknown> {
  if (dialect === 'postgres') {
    const kept = sql`(span.content::jsonb -> 'attributes' ->> ${name})`
    return sql`case when ${kept} like '"%' then ${kept}::jsonb #>> '{}' else ${kept} end`
  }
  const kept = sql`json_extract(span.content, ${`$.attributes.${JSON.stringify(name)}`})`
  return sql`case when ${kept} like '"%' then json_extract(${kept}, '$') else ${kept} end`
}

function traceCondition(key: TraceKey, clause: Clause, dialect: Dialect): Condition | null {
  switch (key.kind) {
    case 'number':
      return numberCondition(sql.raw(key.column), clause)
    case 'text':
      return textCondition(sql.raw(key.column), clause, dialect)
    case 'tag':
      return valueCondition('tracking_trace_tags', key.name, { clause, dialect })
    case 'metadata':
      return valueCondition('tracking_trace_metadata', key.name, { clause, dialect })
    case 'run':
      return runCondition(clause, dialect)
    case 'prompt':
      return linked('prompt', promptOf(clause))
    case 'feedback':
    case 'expectation':
      return assessmentCondition(key, clause, dialect)
    case 'issue':
      allowComparators(clause, ['='])
      return sql<SqlBool>`exists (select 1 from tracking_assessments as said where said.trace_id = trace.id and said.kind = 'issue' and ${textCondition(sql.raw('said.name'), clause, dialect)})`
    case 'span':
    case 'span attribute':
      return null
  }
}

interface Asked {
  readonly clause: Clause
  readonly dialect: Dialect
}

function valueCondition(table: string, name: string, { clause, dialect }: Asked): Condition {
  allowComparators(clause, TEXTUAL)
  const own = sql`select 1 from ${sql.raw(table)} as held where held.trace_id = trace.id and held.key = ${name}`
  if (clause.test === 'null')
    return clause.negated ? sql<SqlBool>`exists (${own})` : sql<SqlBool>`not exists (${own})`
  return sql<SqlBool>`exists (${own} and ${textCondition(sql.raw('held.value'), clause, dialect)})`
}

/** A trace belongs to the run that it began in, and to each that it was linked to. */
function runCondition(clause: Clause, dialect: Dialect): Condition {
  const began = valueCondition('tracking_trace_metadata', 'mlflow.sourceRun', { clause, dialect })
  const run = textOf(clause)
  return run === null ? began : sql<SqlBool>`(${began} or ${linked('run', run)})`
}

function linked(kind: 'run' | 'prompt', target: string): Condition {
  return sql<SqlBool>`exists (select 1 from tracking_trace_links as link where link.trace_id = trace.id and link.kind = ${kind} and link.target = ${target})`
}

function textOf(clause: Clause): string | null {
  if (clause.test !== 'compare' || clause.comparator !== '=') return null
  return clause.literal.kind === 'text' ? clause.literal.text : null
}

function promptOf(clause: Clause): string {
  const text = textOf(clause)
  if (text === null)
    throw filterError(
      'Invalid comparator for prompts filter. Only \'=\' is supported with format: prompt = "name/version"',
    )
  if (text.split('/').length === 2) return text
  throw filterError(
    `Invalid prompts filter value '${text}'. Expected format: prompt = "name/version"`,
  )
}

function assessmentCondition(
  { kind, name }: Extract<TraceKey, { kind: 'feedback' | 'expectation' | 'issue' }>,
  clause: Clause,
  dialect: Dialect,
): Condition {
  const own = sql`select 1 from tracking_assessments as said where said.trace_id = trace.id and said.kind = ${kind} and said.name = ${name} and said.valid = 1`
  if (clause.test === 'null')
    return clause.negated ? sql<SqlBool>`exists (${own})` : sql<SqlBool>`not exists (${own})`
  return sql<SqlBool>`exists (${own} and ${saidCondition(clause, dialect)})`
}

// Values are kept as JSON: 'true' asks for true and for "true" alike, as MLflow's does.
function saidCondition(clause: Clause, dialect: Dialect): Condition {
  if (clause.test !== 'compare') throw filterError('Assessments are compared with one value.')
  const { comparator, literal } = clause
  if (['<', '<=', '>', '>='].includes(comparator)) {
    const value = literal.kind === 'number' ? literal.value : Number(literal.text)
    if (Number.isNaN(value)) throw filterError('Expected a number to compare the assessment with.')
    return sql<SqlBool>`said.number ${sql.raw(comparator)} ${value}`
  }
  const text = literal.kind === 'number' ? String(literal.value) : literal.text
  if (comparator !== '=' && comparator !== '!=')
    return textCondition(sql.raw('said.value'), clause, dialect)
  const is = sql`said.value in (${text}, ${JSON.stringify(text)})`
  return comparator === '=' ? sql<SqlBool>`${is}` : sql<SqlBool>`not ${is}`
}
