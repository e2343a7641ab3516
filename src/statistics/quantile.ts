import type { Numbers } from './numbers.ts'

/** Ascending copy. NaN is not allowed in. */
export function sorted(values: Numbers): Float64Array {
  return Float64Array.from(values).sort()
}

/**
 * Quantile of values that are sorted already: type 7 of Hyndman and Fan (1996), which is the default of NumPy
 * and R. Probability from 0 to 1; NaN without values.
 */
export function quantileOfSorted(ascending: Numbers, probability: number): number {
  const last = ascending.length - 1
  const position = Math.min(Math.max(probability, 0), 1) * last
  const below = Math.floor(position)
  const low = ascending[below] ?? Number.NaN
  const high = ascending[Math.min(below + 1, last)] ?? Number.NaN
  return low + (position - below) * (high - low)
}

export const quantile = (values: Numbers, probability: number): number =>
  quantileOfSorted(sorted(values), probability)
