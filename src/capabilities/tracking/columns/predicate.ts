import { matchesPrepared } from '../../../storage/database/regular-expression.ts'
import type { Filter } from '../filter/expression.ts'
import type { Clause, Comparator, Literal } from '../filter/parse.ts'
import { aggregateColumn, asRunIds, PARENT_TAG } from '../run-conditions.ts'
import { runField } from '../run-fields.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { likeMatcher } from './like.ts'
import { type ColumnName, isAttribute, nameText } from './source.ts'

/** Whether the run with this number is meant. */
export type Predicate = (run: number) => boolean
export type ColumnsByName = ReadonlyMap<string, Column>

/** The columns that a filter looks at; `null` where it asks for what no column has. Its clauses were checked before. */
export function columnsOfFilter(filter: Filter): readonly ColumnName[] | null {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const all = filter.terms.map(columnsOfFilter)
      return all.some((one) => one === null) ? null : all.flatMap((one) => one ?? [])
    }
    case 'not':
      return columnsOfFilter(filter.term)
    case 'words':
      return null
    case 'clause': {
      const name = columnOfClause(filter.clause)
      return name === null ? null : [name]
    }
  }
}

function columnOfClause(clause: Clause): ColumnName | null {
  const field = runField(clause)
  switch (field.kind) {
    case 'metric': {
      const name = clause.test === 'null' ? 'value' : aggregateColumn(field.aggregate, field.key)
      return { of: 'series', name, key: field.key }
    }
    case 'param':
    case 'tag':
      return { of: field.kind, key: field.key }
    case 'parent':
      return { of: 'tag', key: PARENT_TAG }
    case 'attribute':
      return isAttribute(field.column) ? { of: 'run', name: field.column } : null
    case 'children':
    case 'dataset':
      return null
  }
}

export function predicateOf(filter: Filter, columns: ColumnsByName): Predicate {
  switch (filter.kind) {
    case 'and':
      return filter.terms
        .map((term) => predicateOf(term, columns))
        .reduce((one, other) => (run) => one(run) && other(run), always)
    case 'or':
      return filter.terms
        .map((term) => predicateOf(term, columns))
        .reduce((one, other) => (run) => one(run) || other(run), never)
    case 'not': {
      const term = predicateOf(filter.term, columns)
      return (run) => !term(run)
    }
    case 'clause':
      return clausePredicate(filter.clause, columns)
    case 'words':
      throw new Error('No column holds all the words of a run.')
  }
}

const always: Predicate = () => true
const never: Predicate = () => false

function clausePredicate(clause: Clause, columns: ColumnsByName): Predicate {
  const name = columnOfClause(clause)
  const column = name === null ? undefined : columns.get(nameText(name))
  if (column === undefined) throw new Error('The column of a clause was not taken.')
  if (column.kind === 'number') return numberPredicate(column, clause)
  const kind = runField(clause).kind
  const isId = kind === 'parent' || (name?.of === 'run' && name.name === 'id')
  return textPredicate(column, isId ? asRunIds(clause) : clause)
}

function numberPredicate(column: NumberColumn, clause: Clause): Predicate {
  const { values, ranks, missing } = column
  if (clause.test === 'null')
    return clause.negated ? (run) => ranks[run] !== missing : (run) => ranks[run] === missing
  if (clause.test === 'in') {
    const list = new Set(clause.list.map(numberOf))
    return (run) => ranks[run] === 0 && list.has(values[run] ?? 0) !== clause.negated
  }
  const holds = comparison(clause.comparator, numberOf(clause.literal))
  return (run) => ranks[run] === 0 && holds(values[run] ?? 0)
}

function numberOf(literal: Literal): number {
  return literal.kind === 'number' ? literal.value : Number.NaN
}

function comparison(comparator: Comparator, other: number): (value: number) => boolean {
  switch (comparator) {
    case '=':
      return (value) => value === other
    case '!=':
      return (value) => value !== other
    case '<':
      return (value) => value < other
    case '<=':
      return (value) => value <= other
    case '>':
      return (value) => value > other
    case '>=':
      return (value) => value >= other
    case 'LIKE':
    case 'ILIKE':
    case 'RLIKE':
      throw new Error(`${comparator} compares texts.`)
  }
}

function textPredicate(column: TextColumn, clause: Clause): Predicate {
  const { codes, codeOf } = column
  if (clause.test === 'null')
    return clause.negated ? (run) => codes[run] !== 0 : (run) => codes[run] === 0
  if (clause.test === 'compare' && clause.comparator === '=') {
    const code = codeOf.get(textOf(clause.literal))
    return code === undefined ? never : (run) => codes[run] === code
  }
  return lookedAtOnce(column, textTest(clause))
}

// Each different text is looked at once, however many runs have it, and not before a run with it is met.
function lookedAtOnce({ codes, texts }: TextColumn, holds: (text: string) => boolean): Predicate {
  const [unknown, yes, no] = [0, 1, 2]
  const seen = new Uint8Array(texts.length)
  return (run) => {
    const code = codes[run] ?? 0
    if (code === 0) return false
    if (seen[code] === unknown) seen[code] = holds(texts[code] ?? '') ? yes : no
    return seen[code] === yes
  }
}

function textTest(clause: Exclude<Clause, { test: 'null' }>): (text: string) => boolean {
  if (clause.test === 'in') {
    const list = new Set(clause.list.map(textOf))
    return (text) => list.has(text) !== clause.negated
  }
  const other = textOf(clause.literal)
  switch (clause.comparator) {
    case '=':
      return (text) => text === other
    case '!=':
      return (text) => text !== other
    case 'LIKE':
      return likeMatcher(other, false)
    case 'ILIKE':
      return likeMatcher(other, true)
    case 'RLIKE':
      return (text) => matchesPrepared(other, text) === 1
    case '<':
    case '<=':
    case '>':
    case '>=':
      throw new Error(`${clause.comparator} compares numbers.`)
  }
}

function textOf(literal: Literal): string {
  return literal.kind === 'text' ? literal.text : ''
}
