import type { Drawn, Line } from './lines.ts'
import type { BandKind } from './look.ts'

/** The runs of a group as one line with a band: along x, the mean, what the band reaches, and of how many runs. */
export interface Band {
  readonly group: Drawn
  readonly x: readonly number[]
  readonly mean: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly runs: readonly number[]
}

const MOST_PLACES = 400

/**
 * The mean of the lines where each of them was logged, between its points by a straight line. The band is from the
 * least to the greatest, or the 95 % interval of the mean by Student's t, which needs two runs.
 */
export function bandOf(group: Drawn, lines: readonly Line[], kind: BandKind): Band {
  const places = placesOf(lines).flatMap((x) => {
    const values = lines.flatMap((line) => valueAt(line, x) ?? [])
    return values.length === 0 ? [] : [{ x, values }]
  })
  const told = places.map(({ x, values }) => ({ x, n: values.length, ...summary(values, kind) }))
  return {
    group,
    x: told.map(({ x }) => x),
    mean: told.map(({ mean }) => mean),
    low: told.map(({ low }) => low),
    high: told.map(({ high }) => high),
    runs: told.map(({ n }) => n),
  }
}

/** All places where something was logged, or, where they are too many, as many at equal distances. */
function placesOf(lines: readonly Line[]): readonly number[] {
  const all = [...new Set(lines.flatMap(({ x }) => x))].toSorted((a, b) => a - b)
  const [first = 0] = all
  const step = ((all.at(-1) ?? 0) - first) / (MOST_PLACES - 1)
  if (all.length <= MOST_PLACES) return all
  return Array.from({ length: MOST_PLACES }, (_, index) => first + index * step)
}

/** `null` before its first point, after its last, and beside what is no number. */
function valueAt({ x, drawn }: Line, at: number): number | null {
  const after = lowerBound(x, at)
  const right = drawn[after]
  if (right === undefined || right === null) return null
  const [to = at] = [x[after]]
  if (to === at) return right
  const left = drawn[after - 1]
  if (left === undefined || left === null) return null
  const from = x[after - 1] ?? at
  return left + ((right - left) * (at - from)) / (to - from)
}

/** Index of the first that is not less; the length where there is none. */
function lowerBound(x: readonly number[], at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((x[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

function summary(values: readonly number[], kind: BandKind) {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (kind === 'range') return { mean, low: Math.min(...values), high: Math.max(...values) }
  if (kind === 'none' || n < 2) return { mean, low: mean, high: mean }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const half = quantileOf(n - 1) * Math.sqrt(variance / n)
  return { mean, low: mean - half, high: mean + half }
}

// Student's t, 97.5 %, by degrees of freedom: scipy.stats.t.ppf(0.975, range(1, 31)).
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
]

function quantileOf(freedom: number): number {
  return QUANTILES[freedom - 1] ?? 1.96 + 2.4 / freedom
}
