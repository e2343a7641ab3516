import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { isOwnTag, metricText } from '../runs/columns.ts'

/** One value of all runs. */
export interface ComparedValue {
  readonly kind: 'about' | 'metric' | 'param' | 'tag'
  readonly key: string
  /** In the order of the runs; `null` where a run has none. */
  readonly values: readonly (string | null)[]
  readonly differs: boolean
  /** Index of the least and greatest of numbers that differ. */
  readonly least: number | null
  readonly greatest: number | null
}

/** Everything that the runs have, value by value. */
export function comparison(runs: readonly TrackedRun[]): readonly ComparedValue[] {
  return [
    row(
      'about',
      'status',
      runs.map(({ status }) => status.toLowerCase()),
    ),
    row(
      'about',
      'experiment',
      runs.map(({ experiment_name }) => experiment_name),
    ),
    row(
      'about',
      'user',
      runs.map(({ user }) => user),
    ),
    ...rowsOf('metric', runs, ({ metrics }) =>
      metrics.map(({ key, value }) => ({
        key,
        value: value === 'NaN' ? value : metricText(value),
      })),
    ),
    ...rowsOf('param', runs, ({ params }) => params),
    ...rowsOf('tag', runs, ({ tags }) =>
      tags.filter(({ key }) => !isOwnTag(key) || SHOWN.has(key)),
    ),
  ]
}

/** Of MLflow's own tags, those that say where a run came from. */
const SHOWN = new Set([
  'mlflow.source.name',
  'mlflow.source.git.commit',
  'mlflow.source.git.branch',
])

type Pairs = (run: TrackedRun) => readonly { readonly key: string; readonly value: string }[]

function rowsOf(
  kind: ComparedValue['kind'],
  runs: readonly TrackedRun[],
  pairsOf: Pairs,
): readonly ComparedValue[] {
  const maps = runs.map((run) => new Map(pairsOf(run).map(({ key, value }) => [key, value])))
  const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))].toSorted()
  return keys.map((key) =>
    row(
      kind,
      key,
      maps.map((map) => map.get(key) ?? null),
    ),
  )
}

function row(
  kind: ComparedValue['kind'],
  key: string,
  values: readonly (string | null)[],
): ComparedValue {
  const differs = new Set(values).size > 1
  const numbers = values.map((value) =>
    value === null ? Number.NaN : Number(value.replace('−', '-').replaceAll(',', '')),
  )
  const known = numbers.filter((value) => !Number.isNaN(value))
  const isNumeric = kind === 'metric' && differs && known.length > 1
  return {
    kind,
    key,
    values,
    differs,
    least: isNumeric ? numbers.indexOf(Math.min(...known)) : null,
    greatest: isNumeric ? numbers.indexOf(Math.max(...known)) : null,
  }
}
