import type { Numbers } from './numbers.ts'
import { quantileOfSorted, sorted } from './quantile.ts'

/** Bins of a numeric column, frozen with the reference so that only the current batch moves the score. */
export interface NumericBins {
  readonly kind: 'numeric'
  /** Values frequent enough to be a bin of their own, ascending. They count nowhere else. */
  readonly points: readonly number[]
  /** Inner edges, ascending: intervals are [edge, next edge), the outer two are open to infinity. */
  readonly edges: readonly number[]
}

/**
 * Quantile bins of the reference. A value that fills a whole bin becomes a point mass, so repeated values cannot
 * make empty or duplicate bins; a column with few distinct values has a point for each. NaN is left out.
 */
export function freezeBins(reference: Numbers, bins = 10): NumericBins {
  const ascending = sorted(reference).filter((value) => !Number.isNaN(value))
  const counts = new Map<number, number>()
  for (const value of ascending) counts.set(value, (counts.get(value) ?? 0) + 1)
  const fill = counts.size <= bins ? 1 : ascending.length / bins
  const points = [...counts].filter(([, count]) => count >= fill).map(([value]) => value)
  const heavy = new Set(points)
  const rest = ascending.filter((value) => !heavy.has(value))
  return { kind: 'numeric', points, edges: quantileEdges(rest, Math.max(1, bins - points.length)) }
}

function quantileEdges(ascending: Float64Array, bins: number): readonly number[] {
  if (ascending.length === 0) return []
  const cuts = Array.from({ length: bins - 1 }, (_, index) =>
    quantileOfSorted(ascending, (index + 1) / bins),
  )
  // An edge at the minimum would leave an empty bin below it.
  const least = ascending[0] as number
  return [...new Set(cuts)].filter((edge) => edge > least)
}

/** Rows in each bin: the points first, then the intervals. NaN is not counted; test the null rate apart. */
export function countBins(bins: NumericBins, values: Numbers): readonly number[] {
  const counts = Array.from({ length: bins.points.length + bins.edges.length + 1 }, () => 0)
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    if (Number.isNaN(value)) continue
    const bin = binOf(bins, value)
    counts[bin] = (counts[bin] as number) + 1
  }
  return counts
}

function binOf({ points, edges }: NumericBins, value: number): number {
  const point = lowerBound(points, value)
  if (points[point] === value) return point
  const next = lowerBound(edges, value)
  return points.length + next + (edges[next] === value ? 1 : 0)
}

// The first position whose element is not below the value.
function lowerBound(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Population stability index of two histograms over the same bins: sum of (r - c) ln(r / c), natural logarithm,
 * symmetric, 0 when equal. Shares are smoothed as (count + 1/2) / (n + B/2) (Jeffreys), so an empty bin adds a
 * finite amount that depends on how much was seen, not on an arbitrary epsilon. Compare it with `psiNullFloor`.
 */
export function psi(reference: Numbers, current: Numbers): number {
  const bins = reference.length
  const referenceRows = total(reference) + bins / 2
  const currentRows = total(current) + bins / 2
  let sum = 0
  for (let bin = 0; bin < bins; bin++) {
    const r = ((reference[bin] as number) + 0.5) / referenceRows
    const c = ((current[bin] ?? 0) + 0.5) / currentRows
    sum += (r - c) * Math.log(r / c)
  }
  return sum
}

function total(counts: Numbers): number {
  let sum = 0
  for (let index = 0; index < counts.length; index++) sum += counts[index] as number
  return sum
}
