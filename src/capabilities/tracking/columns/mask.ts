import { matchesPrepared } from '../../../storage/database/regular-expression.ts'
import type { Filter } from '../filter/expression.ts'
import type { Clause, Comparator, Literal } from '../filter/parse.ts'
import { asRunIds } from '../run-conditions.ts'
import { runField } from '../run-fields.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { columnOfClause } from './filter-columns.ts'
import { likeMatcher } from './like.ts'
import { nameText } from './source.ts'

/**
 * 1 for each run that is meant, at the place of its number. Every clause goes through its whole column at once: a question
 * to each run in turn takes several times as long.
 */
export type Mask = Uint8Array
export type ColumnsByName = ReadonlyMap<string, Column>

/** Those of `within` that the filter means. */
export function maskOf(filter: Filter, columns: ColumnsByName, within: Mask): Mask {
  switch (filter.kind) {
    case 'and':
      return filter.terms.reduce((mask, term) => maskOf(term, columns, mask), within)
    case 'or':
      return unite(
        filter.terms.map((term) => maskOf(term, columns, within)),
        within.length,
      )
    case 'not':
      return without(within, maskOf(filter.term, columns, within))
    case 'clause':
      return clauseMask(filter.clause, columns, within)
    case 'words': {
      const column = columns.get(nameText({ of: 'words', text: filter.text }))
      if (column?.kind !== 'number') throw new Error('The column of the words was not taken.')
      return choose(within, (run) => column.ranks[run] === 0)
    }
  }
}

function unite(masks: readonly Mask[], length: number): Mask {
  const all = new Uint8Array(length)
  for (const mask of masks)
    for (let run = 0; run < length; run += 1) if (mask[run] === 1) all[run] = 1
  return all
}

function without(within: Mask, others: Mask): Mask {
  const left = new Uint8Array(within.length)
  for (let run = 0; run < left.length; run += 1)
    if (within[run] === 1 && others[run] !== 1) left[run] = 1
  return left
}

function clauseMask(clause: Clause, columns: ColumnsByName, within: Mask): Mask {
  const name = columnOfClause(clause)
  const column = name === null ? undefined : columns.get(nameText(name))
  if (column === undefined) throw new Error('The column of a clause was not taken.')
  if (column.kind === 'number') return numberMask(column, clause, within)
  const kind = runField(clause).kind
  const isId = kind === 'parent' || (name?.of === 'run' && name.name === 'id')
  return textMask(column, isId ? asRunIds(clause) : clause, within)
}

function numberMask({ values, ranks, missing }: NumberColumn, clause: Clause, within: Mask): Mask {
  const has = (run: number): boolean => ranks[run] === 0
  if (clause.test === 'null')
    return choose(within, (run) => (ranks[run] === missing) !== clause.negated)
  if (clause.test === 'in') {
    const list = new Set(clause.list.map(numberOf))
    return choose(within, (run) => has(run) && list.has(values[run] ?? 0) !== clause.negated)
  }
  const { comparator, literal } = clause
  return compared({ values, ranks }, sidesOf(comparator), numberOf(literal), within)
}

function choose(within: Mask, holds: (run: number) => boolean): Mask {
  const mask = new Uint8Array(within.length)
  for (let run = 0; run < within.length; run += 1)
    if (within[run] === 1 && holds(run)) mask[run] = 1
  return mask
}

/** Whether what is below, equal, above is meant. */
type Sides = readonly [below: 0 | 1, equal: 0 | 1, above: 0 | 1]

// No function is called for a value: this is what most searches spend their time with.
function compared(
  { values, ranks }: Pick<NumberColumn, 'values' | 'ranks'>,
  [below, equal, above]: Sides,
  other: number,
  within: Mask,
): Mask {
  const mask = new Uint8Array(within.length)
  for (let run = 0; run < mask.length; run += 1) {
    if (within[run] !== 1 || ranks[run] !== 0) continue
    const value = values[run] ?? 0
    mask[run] = value < other ? below : value > other ? above : equal
  }
  return mask
}

function sidesOf(comparator: Comparator): Sides {
  switch (comparator) {
    case '=':
      return [0, 1, 0]
    case '!=':
      return [1, 0, 1]
    case '<':
      return [1, 0, 0]
    case '<=':
      return [1, 1, 0]
    case '>':
      return [0, 0, 1]
    case '>=':
      return [0, 1, 1]
    case 'LIKE':
    case 'ILIKE':
    case 'RLIKE':
      throw new Error(`${comparator} compares texts.`)
  }
}

function numberOf(literal: Literal): number {
  if (literal.kind === 'number') return literal.value
  throw new Error('A number is compared with a number.')
}

function textMask(column: TextColumn, clause: Clause, within: Mask): Mask {
  const { codes, codeOf } = column
  if (clause.test === 'null') return choose(within, (run) => (codes[run] === 0) !== clause.negated)
  if (clause.test === 'compare' && clause.comparator === '=') {
    const code = codeOf.get(textOf(clause.literal))
    return code === undefined
      ? new Uint8Array(within.length)
      : choose(within, (run) => codes[run] === code)
  }
  return choose(within, lookedAtOnce(column, textTest(clause)))
}

// Each different text is looked at once, however many runs have it, and not before a run with it is met.
function lookedAtOnce(
  { codes, texts }: TextColumn,
  holds: (text: string) => boolean,
): (run: number) => boolean {
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
