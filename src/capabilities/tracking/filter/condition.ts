import { type Expression, type SqlBool, sql } from 'kysely'
import type { Database } from '../../../storage/database/port.ts'
import { matchesExpression } from '../../../storage/database/regular-expression.ts'
import { trackingErrors } from '../errors.ts'
import type { Clause, Comparator, Literal } from './parse.ts'

export type Dialect = Database['dialect']
type Column = Expression<unknown>

const NUMERIC: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>=']
const TEXTUAL: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE']

/**
 * The condition that a clause puts on a text column. LIKE is case-sensitive on both databases, ILIKE on neither.
 * @throws FILTER_INVALID for a comparator or a value that texts do not have
 */
export function textCondition(
  column: Column,
  clause: Clause,
  dialect: Dialect,
): Expression<SqlBool> {
  switch (clause.test) {
    case 'null':
      return nullCondition(column, clause.negated)
    case 'in':
      return listCondition(
        column,
        clause.list.map((literal) => textOf(literal, clause)),
        clause.negated,
      )
    case 'compare':
      return compareText(column, clause.comparator, textOf(clause.literal, clause), dialect)
  }
}

function textOf(literal: Literal, { entity }: Clause): string {
  if (literal.kind === 'text') return literal.text
  throw filterError(
    `Expected a quoted string value for ${entity ?? 'attributes'} (e.g. 'my-value'). Got value ${literal.value}`,
  )
}

export function nullCondition(column: Column, negated: boolean): Expression<SqlBool> {
  return negated ? sql<SqlBool>`${column} is not null` : sql<SqlBool>`${column} is null`
}

export function listCondition(
  column: Column,
  values: readonly (string | number)[],
  negated: boolean,
): Expression<SqlBool> {
  const list = sql.join(values)
  return negated ? sql<SqlBool>`${column} not in (${list})` : sql<SqlBool>`${column} in (${list})`
}

function compareText(
  column: Column,
  comparator: Comparator,
  text: string,
  dialect: Dialect,
): Expression<SqlBool> {
  switch (comparator) {
    case '=':
      return sql<SqlBool>`${column} = ${text}`
    case '!=':
      return sql<SqlBool>`${column} <> ${text}`
    case 'LIKE':
      return dialect === 'sqlite'
        ? sql<SqlBool>`${column} glob ${globOf(text)}`
        : sql<SqlBool>`${column} like ${text} escape ''`
    case 'ILIKE':
      return dialect === 'sqlite'
        ? sql<SqlBool>`${column} like ${text}`
        : sql<SqlBool>`${column} ilike ${text} escape ''`
    case 'RLIKE':
      return matchesExpression(column, text, dialect)
    case '<':
    case '<=':
    case '>':
    case '>=':
      throw comparatorError(comparator, TEXTUAL)
  }
}

/** Whether the text occurs in the column, in capitals or not. */
export function containsCondition(
  column: Column,
  text: string,
  dialect: Dialect,
): Expression<SqlBool> {
  const operator = sql.raw(dialect === 'sqlite' ? 'like' : 'ilike')
  return sql<SqlBool>`${column} ${operator} ${containsPattern(text)} escape '\\'`
}

/** What LIKE finds the text by, with a backslash before what means something to it. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
}

/** The condition that a clause puts on a numeric column. @throws FILTER_INVALID */
export function numberCondition(column: Column, clause: Clause): Expression<SqlBool> {
  if (clause.test !== 'compare')
    throw filterError(`Expected numeric value type for numeric attribute: ${clause.key}.`)
  const { comparator, literal } = clause
  if (!NUMERIC.includes(comparator)) throw comparatorError(comparator, NUMERIC)
  const operator = comparator === '!=' ? '<>' : comparator
  return sql<SqlBool>`${column} ${sql.raw(operator)} ${numberOf(literal, clause)}`
}

/** As `numberCondition`, and lists of numbers. @throws FILTER_INVALID */
export function numberOrListCondition(column: Column, clause: Clause): Expression<SqlBool> {
  if (clause.test !== 'in') return numberCondition(column, clause)
  const values = clause.list.map((literal) => numberOf(literal, clause))
  return listCondition(column, values, clause.negated)
}

function numberOf(literal: Literal, { entity, key }: Clause): number {
  if (literal.kind === 'number') return literal.value
  throw filterError(
    entity?.startsWith('metric') === true
      ? `Expected numeric value type for metric. Found '${literal.text}'`
      : `Expected numeric value type for numeric attribute: ${key}. Found '${literal.text}'`,
  )
}

/** @throws FILTER_INVALID unless the clause compares by one of these. */
export function allowComparators(clause: Clause, allowed: readonly string[]): void {
  const used = comparatorOf(clause)
  if (!allowed.includes(used)) throw comparatorError(used, allowed)
}

function comparatorOf(clause: Clause): string {
  switch (clause.test) {
    case 'compare':
      return clause.comparator
    case 'in':
      return clause.negated ? 'NOT IN' : 'IN'
    case 'null':
      return clause.negated ? 'IS NOT NULL' : 'IS NULL'
  }
}

export function filterError(detail: string): Error {
  return trackingErrors.FILTER_INVALID({ detail })
}

function comparatorError(comparator: string, allowed: readonly string[]): Error {
  return filterError(
    `Invalid comparator '${comparator}' not one of '{${allowed.map((one) => `'${one}'`).join(', ')}}'`,
  )
}

// SQLite's LIKE ignores case; its GLOB does not, but has other wildcards and a set syntax to escape.
function globOf(pattern: string): string {
  const wildcards: Readonly<Record<string, string>> = { '%': '*', _: '?' }
  return pattern.replace(/[%_*?[]/g, (mark) => wildcards[mark] ?? `[${mark}]`)
}
