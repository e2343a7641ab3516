import type { Following, Query } from '../../../storage/database/port.ts'
import type { Filter } from '../filter/expression.ts'
import type { LifecycleView } from '../schema.ts'
import type { Column, NumberColumn, TextColumn } from './column.ts'
import { createKeptColumns } from './kept-columns.ts'
import { createKeptOrderings, type KeptOrderings } from './kept-orderings.ts'
import { columnsOfFilter, type ColumnsByName, type Predicate, predicateOf } from './predicate.ts'
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
  readonly isMeant: Predicate
  /** Calls for each that is meant, by its number, ascending. */
  readonly each: (see: (run: number) => void) => void
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
      const isMeant = meant(choice, columns)
      const each = (see: (run: number) => void): void => {
        for (let run = 1; run <= runs; run += 1) if (isMeant(run)) see(run)
      }
      return { columns, isMeant, each }
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

function meant({ experiments, view, filter }: ColumnChoice, columns: ColumnsByName): Predicate {
  const experiment = columns.get(nameText(EXPERIMENT)) as NumberColumn
  const isAsked = oneOf(experiments)
  const matches = predicateOf(filter, columns)
  const lifecycle = columns.get(nameText(LIFECYCLE)) as TextColumn
  const wanted = lifecycle.codeOf.get(view) ?? -1
  return (run) =>
    experiment.ranks[run] === 0 &&
    isAsked(experiment.values[run] ?? -1) &&
    (view === 'all' || lifecycle.codes[run] === wanted) &&
    matches(run)
}

// Nearly always one.
function oneOf(experiments: readonly number[]): (experiment: number) => boolean {
  const [only] = experiments
  if (experiments.length === 1) return (experiment) => experiment === only
  const all = new Set(experiments)
  return (experiment) => all.has(experiment)
}
