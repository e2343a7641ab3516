import { isFloat, type YamlValue } from '../../capabilities/datasets/index.ts'
import {
  type BaselineState,
  type ExperimentState,
  type FileValues,
  flattenValues,
  valueText,
} from '../../capabilities/pipelines/index.ts'

/** One value that experiments are compared by. */
interface Column {
  readonly title: string
  readonly kind: 'metric' | 'param' | 'dep'
  readonly file: string
  readonly key: string
}

export interface TableOptions {
  /** For machines: full numbers, ISO times, one column for each fact of an experiment. */
  readonly csv: boolean
  readonly precision: number | null
  readonly onlyChanged: boolean
  readonly keep: readonly string[]
  readonly drop: readonly string[]
  readonly sortBy: string | undefined
  readonly descending: boolean
  readonly now: number
}

type Rows = readonly (readonly string[])[]

interface Line {
  readonly state: ExperimentState
  readonly place: 'baseline' | 'branch_commit' | 'branch_base'
}

const FACTS = ['Experiment', 'rev', 'typ', 'Created', 'parent']

/** The table of `exp show`, in DVC's columns. Null when `sortBy` names no column, or several. */
export function experimentTable(
  baselines: readonly BaselineState[],
  options: TableOptions,
): Rows | null {
  const columns = columnsOf(baselines)
  const sorting = options.sortBy === undefined ? null : findColumns(columns, options.sortBy)
  if (sorting !== null && sorting.length !== 1) return null
  const lines = baselines.flatMap((baseline) => linesOf(baseline, sorting?.[0], options))
  const cells = lines.map(({ state }) => columns.map((column) => cellText(state, column, options)))
  const shown = columns.map((column, index) =>
    isShown(
      column,
      cells.map((row) => row[index] ?? ''),
      options,
    ),
  )
  const onlyShown = (row: readonly string[]): readonly string[] =>
    row.filter((_, index) => shown[index])
  const facts = options.csv ? FACTS : ['Experiment', 'Created']
  return [
    [...facts, ...onlyShown(columns.map(({ title }) => title))],
    ...lines.map((line, index) => [...factsOf(line, options), ...onlyShown(cells[index] ?? [])]),
  ]
}

function linesOf(
  baseline: BaselineState,
  sorting: Column | undefined,
  options: TableOptions,
): readonly Line[] {
  const { experiments } = baseline
  const sorted = sorting === undefined ? experiments : sortedBy(experiments, sorting, options)
  const children = sorted.map((state, index) => ({
    state,
    place: index === sorted.length - 1 ? ('branch_base' as const) : ('branch_commit' as const),
  }))
  return [{ state: baseline, place: 'baseline' }, ...children]
}

function sortedBy(
  states: readonly ExperimentState[],
  column: Column,
  { descending }: TableOptions,
): readonly ExperimentState[] {
  const keyed = states.map((state) => ({ state, text: valueOf(state, column, null) }))
  const order = keyed.toSorted((a, b) => compareTexts(a.text, b.text))
  return (descending ? order.toReversed() : order).map(({ state }) => state)
}

// Numbers as numbers; what is missing comes last.
function compareTexts(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const difference = Number(a) - Number(b)
  return Number.isNaN(difference) ? (a < b ? -1 : Number(a > b)) : difference
}

function columnsOf(baselines: readonly BaselineState[]): readonly Column[] {
  const states = baselines.flatMap((baseline) => [baseline, ...baseline.experiments])
  const keys = (kind: 'metric' | 'param'): readonly Column[] => {
    const found = new Map<string, Column>()
    for (const { result } of states)
      for (const [file, values] of result.ok ? result.data[`${kind}s`] : [])
        if (values.ok)
          for (const key of flattenValues(values.values).keys())
            found.set(`${file}\0${key}`, { title: key, kind, file, key })
    const byFile = Map.groupBy(found.values(), ({ file }) => file)
    return [...byFile.values()].flat()
  }
  const deps = new Set(
    states.flatMap(({ result }) => (result.ok ? [...result.data.deps.keys()] : [])),
  )
  return [
    ...withUniqueTitles([...keys('metric'), ...keys('param')]),
    ...[...deps].toSorted().map((file) => ({ title: file, kind: 'dep' as const, file, key: file })),
  ]
}

function withUniqueTitles(columns: readonly Column[]): readonly Column[] {
  const taken = new Map<string, number>([...FACTS, 'State', 'Executor'].map((name) => [name, 1]))
  for (const { key } of columns) taken.set(key, (taken.get(key) ?? 0) + 1)
  return columns.map((column) =>
    taken.get(column.key) === 1 ? column : { ...column, title: `${column.file}:${column.key}` },
  )
}

function findColumns(columns: readonly Column[], asked: string): readonly Column[] {
  const exact = columns.filter(({ file, key }) => `${file}:${key}` === asked)
  const name = asked.replace(/^:/, '')
  return exact.length > 0
    ? exact
    : columns.filter(({ key, kind }) => key === name && kind !== 'dep')
}

function isShown(
  { title }: Column,
  texts: readonly string[],
  { onlyChanged, keep, drop }: TableOptions,
): boolean {
  const matches = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => new RegExp(`^(?:${pattern})`).test(title))
  if (matches(keep)) return true
  if (matches(drop)) return false
  return !onlyChanged || new Set(texts).size > 1
}

function cellText(state: ExperimentState, column: Column, options: TableOptions): string {
  return valueOf(state, column, options.precision) ?? (options.csv ? '' : '-')
}

function valueOf(
  { result }: ExperimentState,
  { kind, file, key }: Column,
  precision: number | null,
) {
  if (!result.ok) return null
  if (kind === 'dep') return result.data.deps.get(file)?.md5 ?? null
  const values: FileValues | undefined = result.data[`${kind}s`].get(file)
  if (values === undefined) return null
  if (!values.ok) return '!'
  const value = flattenValues(values.values).get(key)
  return value === undefined ? null : valueText(significant(value, precision), null)
}

// DVC rounds here to digits that count, not to digits after the point, and shows the text that this makes.
function significant(value: YamlValue, digits: number | null): YamlValue {
  if (digits === null) return value
  if (isFloat(value)) return significantText(value.value, digits)
  return Array.isArray(value) ? value.map((item: YamlValue) => significant(item, digits)) : value
}

/** A number as Python's `format(value, '.5g')` says it. */
export function significantText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'inf').replace('NaN', 'nan')
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e')
  const power = Number(exponent)
  const trimmed = (text: string): string =>
    text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
  if (power >= -4 && power < digits) return trimmed(value.toFixed(digits - 1 - power))
  const sign = power < 0 ? '-' : '+'
  return `${trimmed(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`
}

const TREE = { baseline: '', branch_commit: '├── ', branch_base: '└── ' } as const

function factsOf({ state, place }: Line, options: TableOptions): readonly string[] {
  const { revision, name, committedAt } = state
  const short = /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision
  const created = committedAt === null ? (options.csv ? '' : '-') : timeText(committedAt, options)
  const rev = place === 'baseline' ? (name ?? short) : short
  if (options.csv) return [place === 'baseline' ? '' : (name ?? ''), rev, place, created, '']
  const label = place === 'baseline' || name === null ? rev : `${rev} [${name}]`
  return [`${TREE[place]}${label}`, created]
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

// As DVC: the hour of today, else the day; for machines ISO 8601 without a zone. Local time in all of them.
function timeText(ms: number, { csv, now }: TableOptions): string {
  const at = new Date(ms)
  if (csv) return localIso(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${MONTHS[at.getMonth()]} ${two(at.getDate())}, ${at.getFullYear()}`
  if (localIso(ms).slice(0, 10) !== localIso(now).slice(0, 10)) return day
  return `${two(at.getHours() % 12 || 12)}:${two(at.getMinutes())} ${at.getHours() < 12 ? 'AM' : 'PM'}`
}

/** Local time as Python's `datetime.isoformat()` says it, of whole seconds. */
export function localIso(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offset).toISOString().slice(0, 19)
}
