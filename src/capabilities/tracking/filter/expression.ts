import { type Expression, type SqlBool, sql } from 'kysely'
import { RatchetError } from '../../../base/errors.ts'
import { trackingErrors } from '../errors.ts'
import { type Clause, readClause } from './parse.ts'
import { isKeyword, isPunctuation, Reader } from './reader.ts'

/** A filter as a tree: MLflow's is one AND of clauses. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | { readonly kind: 'clause'; readonly clause: Clause }
  /** A quoted text alone: it occurs somewhere in the name or a value. */
  | { readonly kind: 'words'; readonly text: string }

const DEEPEST = 50

/** Reads OR, AND, NOT and parentheses around clauses. An empty filter is an AND of nothing. @throws FILTER_INVALID */
export function parseExpression(text: string): Filter {
  const reader = new Reader(text)
  if (reader.done) return { kind: 'and', terms: [] }
  const filter = readOr(reader, 0)
  if (!reader.done) throw reader.failure('AND or OR')
  return filter
}

/** MLflow's own grammar: clauses joined by AND, search_utils.py, 3.17; RLIKE is for traces. @throws FILTER_INVALID */
export function parseFilter(text: string, { rlike = false } = {}): readonly Clause[] {
  const reader = new Reader(text)
  const clauses: Clause[] = []
  if (reader.done) return clauses
  for (;;) {
    const { at } = reader
    const clause = readClause(reader)
    if (clause.aggregate !== undefined) throw reader.failure('a name', at)
    if (!rlike && clause.test === 'compare' && clause.comparator === 'RLIKE')
      throw reader.failure('=, !=, LIKE or ILIKE', at)
    clauses.push(clause)
    if (reader.done) return clauses
    reader.keyword('AND')
  }
}

function readOr(reader: Reader, depth: number): Filter {
  const terms = [readAnd(reader, depth)]
  while (reader.tryKeyword('OR')) terms.push(readAnd(reader, depth))
  return joined('or', terms)
}

function readAnd(reader: Reader, depth: number): Filter {
  const terms = [readNot(reader, depth)]
  while (reader.tryKeyword('AND')) terms.push(readNot(reader, depth))
  return joined('and', terms)
}

function joined(kind: 'and' | 'or', terms: readonly Filter[]): Filter {
  const [only] = terms
  return terms.length === 1 && only !== undefined ? only : { kind, terms }
}

function readNot(reader: Reader, depth: number): Filter {
  if (depth > DEEPEST) throw reader.failure(`at most ${DEEPEST} levels`)
  if (reader.tryKeyword('NOT')) return { kind: 'not', term: readNot(reader, depth + 1) }
  if (reader.tryPunctuation('(')) {
    const inner = readOr(reader, depth + 1)
    reader.punctuation(')')
    return inner
  }
  const token = reader.peek()
  if (token?.kind === 'quoted' && token.quote !== '`' && endsTerm(reader)) {
    reader.next('a text')
    return { kind: 'words', text: token.text }
  }
  return { kind: 'clause', clause: readClause(reader) }
}

function endsTerm(reader: Reader): boolean {
  const after = reader.peek(1)
  if (after === undefined || isPunctuation(after, ')')) return true
  return isKeyword(after, 'AND') || isKeyword(after, 'OR')
}

export interface Conditions {
  readonly ofClause: (clause: Clause) => Expression<SqlBool>
  readonly ofWords: (text: string) => Expression<SqlBool>
}

/** The filter as SQL. A failure of a clause says where it stands. @throws FILTER_INVALID */
export function filterCondition(filter: Filter, conditions: Conditions): Expression<SqlBool> {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const terms = filter.terms.map((term) => filterCondition(term, conditions))
      if (terms.length === 0) return sql<SqlBool>`1 = 1`
      return sql<SqlBool>`(${sql.join(terms, filter.kind === 'and' ? sql` and ` : sql` or `)})`
    }
    case 'not':
      // What is neither true nor false, such as an end that is not yet, counts as not true.
      return sql<SqlBool>`not ((${filterCondition(filter.term, conditions)}) is true)`
    case 'words':
      return conditions.ofWords(filter.text)
    case 'clause':
      return atClause(filter.clause, conditions.ofClause)
  }
}

export function atClause<T>(clause: Clause, read: (clause: Clause) => T): T {
  try {
    return read(clause)
  } catch (error) {
    if (!(error instanceof RatchetError) || error.code !== 'FILTER_INVALID') throw error
    throw trackingErrors.FILTER_INVALID({ detail: `${error.detail} Column ${clause.at + 1}.` })
  }
}

/** The clauses of a filter, wherever they stand. */
export function clausesOf(filter: Filter): readonly Clause[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(clausesOf)
    case 'not':
      return clausesOf(filter.term)
    case 'words':
      return []
    case 'clause':
      return [filter.clause]
  }
}
