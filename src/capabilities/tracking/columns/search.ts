import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Query } from '../../../storage/database/port.ts'
import type { OrderedRun, PlanPart } from '../ordered-runs.ts'
import type { RunOrder } from '../run-order.ts'
import { inChunks, type RunRow } from '../store.ts'
import type { ChosenColumns, ColumnChoice, ColumnReads } from './column-reads.ts'
import { firstPlace } from './ordered.ts'
import { columnsOfOrders, ID, type Ranking, rankingOf, START } from './ranking.ts'

export interface ColumnSearch extends ColumnChoice {
  readonly orders: readonly RunOrder[]
}

export interface FoundRuns {
  readonly rows: readonly OrderedRun[]
  /** All that match, where they were to be counted. */
  readonly total: number
}

export interface FoundPart extends PlanPart {
  /** Whether to count all that match: else nobody looks beyond the last that is found. */
  readonly counted: boolean
}

/** `null` where SQL is to search: nothing is kept, or some order or clause is by what no column has. */
export async function searchColumns(
  reads: ColumnReads | null,
  search: ColumnSearch,
  part: FoundPart,
): Promise<FoundRuns | null> {
  const ofOrders = columnsOfOrders(search.orders)
  if (reads === null || ofOrders === null) return null
  const chosen = await reads.choose(search, [START, ID, ...ofOrders])
  if (chosen === null) return null
  const ranking = rankingOf(search.orders, chosen.columns)
  const ordered = reads.orderings.take(search.orders, chosen.columns, ranking)
  const { found, total } = pick(ordered, { chosen, ranking }, part)
  const places = new Map(found.map((run) => [run, ranking.placeOf(run)]))
  const rows = await rowsOf(reads.query, found)
  return {
    rows: rows.map((row) => ({ ...row, ...placeColumns(places.get(row.seq) ?? []) })),
    total,
  }
}

interface Asked {
  readonly chosen: ChosenColumns
  readonly ranking: Ranking
}

function pick(
  ordered: Int32Array,
  { chosen: { meant }, ranking }: Asked,
  { place, size, counted }: FoundPart,
) {
  const isAfter = (after: PlaceValues) => (run: number) => ranking.compareTo(run, after) > 0
  const first = 'after' in place ? firstPlace(ordered, isAfter(place.after)) : 0
  let left = 'offset' in place ? place.offset : 0
  const found: number[] = []
  for (let index = first; index < ordered.length && found.length < size; index += 1) {
    const run = ordered[index] ?? 0
    if (meant[run] !== 1) continue
    if (left > 0) left -= 1
    else found.push(run)
  }
  return { found, total: counted ? meant.reduce((sum, one) => sum + one, 0) : 0 }
}

type PlaceValues = readonly (string | number | null)[]

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
