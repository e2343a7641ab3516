import type { Following, Query } from '../../../storage/database/port.ts'
import type { Filter } from '../filter/expression.ts'
import type { LifecycleView } from '../schema.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { columnsOfFilter } from './filter-columns.ts'
import { createKeptColumns } from './kept-columns.ts'
import { createKeptOrderings, type KeptOrderings } from './kept-orderings.ts'
import { type ColumnsByName, type Mask, maskOf } from './mask.ts'
import { type ColumnName, nameText } from './source.ts'

/** Which runs are looked at. */
export interface ColumnChoice {
  readonly experiments: readonly number[]
  readonly view: LifecycleView
  readonly filter: Filter
}

/** The runs that are meant, with the columns that were asked for beside. */
export interface ChosenColumns {
  readonly columns: ColumnsByName
  readonly meant: Mask
}

/** What is read from columns that are kept in memory; `null` for what no column has, which SQL is to find. */
export interface ColumnReads {
  readonly query: Query
  readonly orderings: KeptOrderings
  choose(choice: ColumnChoice, besides: readonly ColumnName[]): Promise<ChosenColumns | null>
}

const EXPERIMENT: ColumnName = { of: 'run', name: 'experiment_id' }
const LIFECYCLE: ColumnName = { of: 'run', name: 'lifecycle' }

export function createColumnReads(
  query: Query,
  following: Pick<Following, 'watch' | 'foreignWrites'>,
): ColumnReads {
  const kept = createKeptColumns(query, following)
  return {
    query,
    orderings: createKeptOrderings(),
    choose: async (choice, besides) => {
      const ofFilter = columnsOfFilter(choice.filter)
      if (ofFilter === null) return null
      const names = different([EXPERIMENT, LIFECYCLE, ...ofFilter, ...besides])
      const { columns: taken, runs } = await kept.take(names)
      const columns = byName(names, taken)
      return { columns, meant: meantOf(choice, columns, runs) }
    },
  }
}

function different(names: readonly ColumnName[]): readonly ColumnName[] {
  return [...new Map(names.map((name) => [nameText(name), name])).values()]
}

function byName(names: readonly ColumnName[], columns: readonly Column[]): ColumnsByName {
  return new Map(
    names.flatMap((name, index) => {
      const column = columns[index]
      return column === undefined ? [] : [[nameText(name), column] as const]
    }),
  )
}

function meantOf(
  { experiments, view, filter }: ColumnChoice,
  columns: ColumnsByName,
  runs: number,
): Mask {
  const { values, ranks } = columns.get(nameText(EXPERIMENT)) as NumberColumn
  const { codes, codeOf } = columns.get(nameText(LIFECYCLE)) as TextColumn
  const asked = new Set(experiments)
  const wanted = codeOf.get(view) ?? -1
  const within = new Uint8Array(runs + 1)
  for (let run = 1; run <= runs; run += 1)
    if (
      ranks[run] === 0 &&
      (view === 'all' || codes[run] === wanted) &&
      asked.has(values[run] ?? -1)
    )
      within[run] = 1
  return maskOf(filter, columns, within)
}
