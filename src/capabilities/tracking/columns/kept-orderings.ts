import type { RunOrder } from '../run-order.ts'
import type { Column } from './column.ts'
import { mendOrder } from './ordered.ts'
import type { ColumnsByName } from './mask.ts'
import { columnsOfOrders, ID, type Ranking, START } from './ranking.ts'
import { nameText } from './source.ts'

/** Orders of all runs, kept while they are asked for: whoever leafs through a table sorts it once. */
export interface KeptOrderings {
  /** The numbers of all runs in this order, of which `columns` has all that it is made of. */
  take(orders: readonly RunOrder[], columns: ColumnsByName, ranking: Ranking): Int32Array
}

interface Kept {
  readonly runs: Int32Array
  readonly columns: readonly Column[]
  /** Up to where the journal of each column is heeded. */
  readonly ends: readonly number[]
}

const MOST_KEPT = 12

export function createKeptOrderings(): KeptOrderings {
  const kept = new Map<string, Kept>()
  return {
    take: (orders, columns, ranking) => {
      const name = nameOf(orders)
      const own = columnsOf(orders, columns)
      const known = kept.get(name)
      const mended = known === undefined ? null : mend(known, own, ranking)
      const runs = mended ?? sortAll(own, ranking)
      // Deleted first, so that the one that was used least recently is the first of all.
      kept.delete(name)
      kept.set(name, { runs, columns: own, ends: own.map(({ journal }) => journal.end) })
      const [oldest] = kept.keys()
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
      return runs
    },
  }
}

function nameOf(orders: readonly RunOrder[]): string {
  return JSON.stringify(orders.map(({ field, descending }) => [field, descending]))
}

// That of starts is the first: it tells which runs there are.
function columnsOf(orders: readonly RunOrder[], columns: ColumnsByName): readonly Column[] {
  const names = [START, ID, ...(columnsOfOrders(orders) ?? [])]
  return names.map((name) => {
    const column = columns.get(nameText(name))
    if (column === undefined) throw new Error(`The column ${nameText(name)} was not taken.`)
    return column
  })
}

/** More is sorted anew. */
const MOST_MOVED = 2000

function mend({ runs, columns, ends }: Kept, own: readonly Column[], { compare }: Ranking) {
  const moved = new Set<number>()
  for (const [index, column] of own.entries()) {
    const changed = column === columns[index] ? column.journal.since(ends[index] ?? 0) : null
    if (changed === null) return null
    for (const run of changed) moved.add(run)
  }
  if (moved.size === 0) return runs
  if (moved.size > MOST_MOVED) return null
  return mendOrder(runs, { moved, there: [...moved].filter(existsIn(own)) }, compare)
}

function sortAll(own: readonly Column[], { compare }: Ranking): Int32Array {
  const exists = existsIn(own)
  const [starts] = own
  const places = starts?.kind === 'number' ? starts.values.length : 0
  const runs: number[] = []
  for (let run = 1; run < places; run += 1) if (exists(run)) runs.push(run)
  return Int32Array.from(runs).sort(compare)
}

function existsIn([starts]: readonly Column[]): (run: number) => boolean {
  if (starts?.kind !== 'number') throw new Error('The starts of runs are numbers.')
  return (run) => starts.ranks[run] === 0
}
