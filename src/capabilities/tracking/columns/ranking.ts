import type { RunOrder } from '../run-order.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { columnOfField } from './filter-columns.ts'
import type { ColumnsByName } from './mask.ts'
import { type ColumnName, nameText } from './source.ts'

type Value = string | number | null

/** How runs stand to each other, and to a place in the list that a page token names. */
export interface Ranking {
  /** Below 0 where the first comes first. */
  readonly compare: (one: number, other: number) => number
  readonly compareTo: (run: number, place: readonly Value[]) => number
  /** What a page token says of this run. */
  readonly placeOf: (run: number) => readonly Value[]
}

export const START: ColumnName = { of: 'run', name: 'start_time' }
export const ID: ColumnName = { of: 'run', name: 'id' }

/** `null` where some order is by what no column has. */
export function columnsOfOrders(orders: readonly RunOrder[]): readonly ColumnName[] | null {
  const names = orders.map(({ field }) => columnOfField(field))
  return names.some((name) => name === null) ? null : names.flatMap((name) => name ?? [])
}

interface Term {
  /** As `rank`, `value` and `sign` say, without a call for each. */
  readonly compare: (one: number, other: number) => number
  readonly rank: (run: number) => number
  readonly value: (run: number) => string | number
  /** The rank of a run that has no value. */
  readonly missing: number
  readonly sign: 1 | -1
}

/** By the orders, then the newest start, then the id. */
export function rankingOf(orders: readonly RunOrder[], columns: ColumnsByName): Ranking {
  const term = (name: ColumnName | null, descending: boolean): Term =>
    termOf(name === null ? undefined : columns.get(nameText(name)), descending)
  const asked = orders.map((order) => term(columnOfField(order.field), order.descending))
  const start = term(START, true)
  const id = term(ID, false)
  const terms = [...asked, start, id]
  return {
    compare: (one, other) => {
      for (const term of terms) {
        const order = term.compare(one, other)
        if (order !== 0) return order
      }
      return 0
    },
    compareTo: (run, place) =>
      comparePlaces(terms, run, [
        ...place.slice(0, -2),
        0,
        place.at(-2) ?? null,
        0,
        place.at(-1) ?? null,
      ]),
    placeOf: (run) => [
      ...asked.flatMap(({ rank, value, missing }) => {
        const its = rank(run)
        return [its, its === missing ? null : value(run)]
      }),
      start.value(run),
      id.value(run),
    ],
  }
}

// The place has a rank and a value for each term.
function comparePlaces(terms: readonly Term[], run: number, place: readonly Value[]): number {
  for (const [index, { rank, value, sign }] of terms.entries()) {
    const byRank = rank(run) - Number(place[2 * index])
    if (byRank !== 0) return byRank
    const other = place[2 * index + 1]
    if (other === null || other === undefined) continue
    const byValue = compareValues(value(run), other)
    if (byValue !== 0) return sign * byValue
  }
  return 0
}

function termOf(column: Column | undefined, descending: boolean): Term {
  if (column === undefined) throw new Error('The column of an order was not taken.')
  const sign = descending ? -1 : 1
  return column.kind === 'number' ? numberTerm(column, sign) : textTerm(column, sign)
}

function numberTerm({ values, ranks, missing }: NumberColumn, sign: 1 | -1): Term {
  return {
    compare: (one, other) => {
      const byRank = (ranks[one] ?? 0) - (ranks[other] ?? 0)
      if (byRank !== 0) return byRank
      const [a, b] = [values[one] ?? 0, values[other] ?? 0]
      return a === b ? 0 : a < b ? -sign : sign
    },
    rank: (run) => ranks[run] ?? 0,
    value: (run) => values[run] ?? 0,
    missing,
    sign,
  }
}

function textTerm({ codes, texts }: TextColumn, sign: 1 | -1): Term {
  return {
    compare: (one, other) => {
      const [a, b] = [codes[one] ?? 0, codes[other] ?? 0]
      if (a === b) return 0
      if (a === 0 || b === 0) return a === 0 ? 1 : -1
      return sign * compareValues(texts[a] ?? '', texts[b] ?? '')
    },
    rank: (run) => (codes[run] === 0 ? 1 : 0),
    value: (run) => texts[codes[run] ?? 0] ?? '',
    missing: 1,
    sign,
  }
}

function compareValues(one: string | number, other: string | number): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
