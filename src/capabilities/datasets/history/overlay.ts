import { type Analytics, identifier } from '../../../storage/analytics/index.ts'
import type { DataProject } from '../project.ts'
import type { HistoryDeps } from './overview.ts'
import { findContent } from './find-content.ts'
import { type DataTable, isNumberType, readTable } from './tables.ts'

/** A stretch of numbers or one value, with the share of the rows of each side that have it. */
export interface OverlayBin {
  readonly label: string
  readonly from: number
  readonly to: number
}

export interface ColumnOverlay {
  readonly column: string
  readonly kind: 'number' | 'value'
  readonly bins: readonly OverlayBin[]
}

export interface OverlayRequest {
  readonly from: string
  readonly to: string
  readonly column: string
}

const BINS = 24
const MOST_VALUES = 12

/**
 * One column of two versions laid over each other: numbers in bins that both share, other values by how frequent they
 * are, the rest as one. Null where a side is no table or lacks the column. @throws as findContent
 */
export async function overlayColumn(
  project: DataProject,
  { from, to, column }: OverlayRequest,
  { analytics, readStageOuts }: HistoryDeps,
): Promise<ColumnOverlay | null> {
  const left = await readTable(analytics, await findContent(project, from, readStageOuts))
  const right = await readTable(analytics, await findContent(project, to, readStageOuts))
  const [a, b] = [left?.columns.get(column), right?.columns.get(column)]
  if (left === null || right === null || a === undefined || b === undefined) return null
  const sides = { left, right, column }
  const scale = scaleOf(a, b)
  const bins = scale === null ? null : await numberBins(analytics, sides, scale)
  return bins === null
    ? { column, kind: 'value', bins: await valueBins(analytics, sides) }
    : { column, kind: 'number', bins }
}

interface Sides {
  readonly left: DataTable
  readonly right: DataTable
  readonly column: string
}

/** How the values of a column are put on a line, and a place on it told. */
interface Scale {
  readonly expression: (name: string) => string
  readonly label: (value: number) => string
}

const NUMBERS: Scale = { expression: (name) => `${name}::double`, label: shortNumber }
const DAYS: Scale = {
  expression: (name) => `epoch(${name}::timestamp)`,
  label: (value) => new Date(value * 1000).toISOString().slice(0, 10),
}
const TIMES = /^(?:DATE|TIMESTAMP)/

function scaleOf(a: string, b: string): Scale | null {
  if (isNumberType(a) && isNumberType(b)) return NUMBERS
  return TIMES.test(a) && TIMES.test(b) ? DAYS : null
}

/** Null for few different numbers: those are better told one by one. */
async function numberBins(
  analytics: Analytics,
  { left, right, column }: Sides,
  { expression, label }: Scale,
): Promise<readonly OverlayBin[] | null> {
  const value = expression(identifier(column))
  const both = `(select ${value} as v from ${left.relation} union all select ${value} from ${right.relation})`
  const [range] = await analytics.scan(
    `select min(v) as low, max(v) as high, count(distinct v) as n from ${both} where isfinite(v)`,
  )
  const [low, high] = [Number(range?.['low']), Number(range?.['high'])]
  if (range?.['low'] === null || Number(range?.['n']) <= MOST_VALUES || !(high > low)) return null
  const width = (high - low) / BINS
  const count = async ({ relation, rows }: DataTable): Promise<readonly number[]> => {
    const found = await analytics.scan(
      `select least(${BINS - 1}, floor((${value} - ${low}) / ${width}))::integer as bin, count(*) as n
       from ${relation} where isfinite(${value}) group by bin`,
    )
    const byBin = new Map(found.map((row) => [Number(row['bin']), Number(row['n'])]))
    return Array.from({ length: BINS }, (_, bin) => (byBin.get(bin) ?? 0) / Math.max(1, rows))
  }
  const [before, after] = [await count(left), await count(right)]
  return before.map((share, bin) => ({
    label: `${label(low + bin * width)} to ${label(low + (bin + 1) * width)}`,
    from: share,
    to: after[bin] ?? 0,
  }))
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}

async function valueBins(
  analytics: Analytics,
  { left, right, column }: Sides,
): Promise<readonly OverlayBin[]> {
  const name = identifier(column)
  const shares = async ({ relation, rows }: DataTable): Promise<ReadonlyMap<string, number>> => {
    const found = await analytics.scan(
      `select ${name}::varchar as value, count(*) as n from ${relation}
       group by value order by n desc, value limit 1000`,
    )
    return new Map(found.map((row) => [textOf(row['value']), Number(row['n']) / Math.max(1, rows)]))
  }
  const [before, after] = [await shares(left), await shares(right)]
  const all = [...new Set([...before.keys(), ...after.keys()])]
  const weight = (value: string): number => (before.get(value) ?? 0) + (after.get(value) ?? 0)
  const shown = all.toSorted((x, y) => weight(y) - weight(x)).slice(0, MOST_VALUES)
  const bins = shown.map((label) => ({
    label,
    from: before.get(label) ?? 0,
    to: after.get(label) ?? 0,
  }))
  if (all.length <= MOST_VALUES) return bins
  const rest = (side: 'from' | 'to'): number =>
    Math.max(0, 1 - bins.reduce((sum, bin) => sum + bin[side], 0))
  return [...bins, { label: 'all others', from: rest('from'), to: rest('to') }]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'no value'
}
