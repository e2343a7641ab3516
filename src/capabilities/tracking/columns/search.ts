import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import type { OrderedRun, PlanPart } from '../ordered-runs.ts'
import type { RunOrder } from '../run-order.ts'
import { inChunks, type RunRow } from '../store.ts'
import type { ChosenColumns, ColumnChoice, ColumnReads } from './column-reads.ts'
import { createFirst } from './first-runs.ts'
import { columnsOfOrders, ID, type Ranking, rankingOf, START } from './ranking.ts'
import { windowOf } from './window.ts'

export interface ColumnSearch extends ColumnChoice {
  readonly orders: readonly RunOrder[]
}

export interface FoundRuns {
  readonly rows: readonly OrderedRun[]
  /** All that match, wherever they stand. */
  readonly total: number
}

/** `null` where SQL is to search: nothing is kept, or some order or clause is by what no column has. */
export async function searchColumns(
  reads: ColumnReads | null,
  search: ColumnSearch,
  { place, size }: PlanPart,
): Promise<FoundRuns | null> {
  const ofOrders = columnsOfOrders(search.orders)
  if (reads === null || ofOrders === null) return null
  const chosen = await reads.choose(search, [START, ID, ...ofOrders])
  if (chosen === null) return null
  const ranking = rankingOf(search.orders, chosen.columns)
  const { found, total } = pick(chosen, ranking, { place, size })
  const rows = await rowsOf(reads.query, found)
  return { rows: rows.map((row) => ({ ...row, ...placeColumns(ranking.placeOf(row.seq)) })), total }
}

/** Up to here it is quicker to keep the first than to look for the place. */
const MOST_KEPT = 2000

function pick(chosen: ChosenColumns, ranking: Ranking, { place, size }: PlanPart) {
  const offset = 'offset' in place ? place.offset : 0
  const isNear = offset + size <= MOST_KEPT
  const first = createFirst(offset + size, ranking.compare)
  const all: number[] = []
  let total = 0
  chosen.each((run) => {
    total += 1
    if ('after' in place && ranking.compareTo(run, place.after) <= 0) return
    if (isNear) first.add(run)
    else all.push(run)
  })
  const found = isNear
    ? first.take().slice(offset)
    : windowOf(all, { offset, size }, ranking.compare)
  return { found, total }
}

type NumberedRow = RunRow & { readonly seq: number }

async function rowsOf(query: Query, runs: readonly number[]): Promise<readonly NumberedRow[]> {
  const rows = new Map<number, NumberedRow>()
  for (const chunk of inChunks(runs)) {
    const sql = `select * from tracking_runs where seq in (${placeholders(chunk.length)})`
    for (const row of await directOf(query).all<NumberedRow>(sql, filled(chunk)))
      rows.set(row.seq, row)
  }
  return runs.flatMap((run) => rows.get(run) ?? [])
}

function placeColumns(place: readonly (string | number | null)[]) {
  const ranked: Record<string, string | number | null> = {}
  for (let index = 0; 2 * index + 3 < place.length; index += 1) {
    ranked[`rank_${index}`] = place[2 * index] ?? null
    ranked[`value_${index}`] = place[2 * index + 1] ?? null
  }
  return ranked
}
