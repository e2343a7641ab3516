import { directOf, filled, placeholders } from '../../../storage/database/direct.ts'
import type { Database, Query } from '../../../storage/database/port.ts'
import type { Filter } from '../filter/expression.ts'
import type { OrderedRun, PlanPart } from '../ordered-runs.ts'
import type { RunOrder } from '../run-order.ts'
import type { LifecycleView } from '../schema.ts'
import { inChunks, type RunRow } from '../store.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { createFirst } from './first-runs.ts'
import { createKeptColumns, type KeptColumns } from './kept-columns.ts'
import { columnsOfFilter, type Predicate, predicateOf } from './predicate.ts'
import { columnsOfOrders, ID, rankingOf, START } from './ranking.ts'
import { type ColumnName, nameText } from './source.ts'

export interface ColumnSearch {
  readonly experiments: readonly number[]
  readonly view: LifecycleView
  readonly filter: Filter
  readonly orders: readonly RunOrder[]
}

export interface FoundRuns {
  readonly rows: readonly OrderedRun[]
  /** All that match, wherever they stand. */
  readonly total: number
}

/** Searches in columns that are kept in memory; `null` where SQL is to search: few runs, or what no column has. */
export type SearchColumns = (search: ColumnSearch, part: PlanPart) => Promise<FoundRuns | null>

const EXPERIMENT: ColumnName = { of: 'run', name: 'experiment_id' }
const LIFECYCLE: ColumnName = { of: 'run', name: 'lifecycle' }

/** In experiments with fewer runs SQL is as quick, and nothing needs to be kept. */
const FROM_RUNS = 1000

export function createSearchColumns(
  { query, following }: Database,
  fromRuns: number = FROM_RUNS,
): SearchColumns {
  if (following === undefined) return async () => null
  const kept = createKeptColumns(query, following)
  return async (search, part) => {
    const names = columnsOf(search)
    if (names === null || !(await hasMany(query, search.experiments, fromRuns))) return null
    return find(query, { kept, names }, { search, part })
  }
}

function columnsOf({ filter, orders }: ColumnSearch): readonly ColumnName[] | null {
  const ofFilter = columnsOfFilter(filter)
  const ofOrders = columnsOfOrders(orders)
  if (ofFilter === null || ofOrders === null) return null
  const all = [EXPERIMENT, LIFECYCLE, START, ID, ...ofFilter, ...ofOrders]
  return [...new Map(all.map((name) => [nameText(name), name])).values()]
}

async function hasMany(query: Query, experiments: readonly number[], from: number) {
  const sql = `select count(*) as n from (select 1 from tracking_runs
    where experiment_id in (${placeholders(experiments.length)}) limit ?) as some`
  const [row] = await directOf(query).all<{ n: number }>(sql, [...filled(experiments), from])
  return (row?.n ?? 0) >= from
}

interface Source {
  readonly kept: KeptColumns
  readonly names: readonly ColumnName[]
}

async function find(
  query: Query,
  { kept, names }: Source,
  { search, part }: { readonly search: ColumnSearch; readonly part: PlanPart },
): Promise<FoundRuns> {
  const { columns, runs } = await kept.take(names)
  const byName = new Map(names.map((name, index) => [nameText(name), columns[index]] as const))
  const all = new Map(
    [...byName].flatMap(([name, column]) => (column === undefined ? [] : [[name, column]])),
  )
  const ranking = rankingOf(search.orders, all)
  const { place, size } = part
  const offset = 'offset' in place ? place.offset : 0
  const first = createFirst(offset + size, ranking.compare)
  const isMeant = meant(search, all)
  let total = 0
  for (let run = 1; run <= runs; run += 1) {
    if (!isMeant(run)) continue
    total += 1
    if ('after' in place && ranking.compareTo(run, place.after) <= 0) continue
    first.add(run)
  }
  const found = first.take().slice(offset)
  const rows = await rowsOf(query, found)
  return { rows: rows.map((row) => ({ ...row, ...placeColumns(ranking.placeOf(row.seq)) })), total }
}

function meant(
  { experiments, view, filter }: ColumnSearch,
  columns: ReadonlyMap<string, Column>,
): Predicate {
  const experiment = columns.get(nameText(EXPERIMENT)) as NumberColumn
  const inExperiment = new Set(experiments)
  const matches = predicateOf(filter, columns)
  const lifecycle = columns.get(nameText(LIFECYCLE)) as TextColumn
  const wanted = lifecycle.codeOf.get(view) ?? -1
  return (run) =>
    experiment.ranks[run] === 0 &&
    inExperiment.has(experiment.values[run] ?? -1) &&
    (view === 'all' || lifecycle.codes[run] === wanted) &&
    matches(run)
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
