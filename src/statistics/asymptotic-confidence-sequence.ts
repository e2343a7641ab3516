import type { Numbers } from './numbers.ts'

export interface SequenceOptions {
  /** Chance that the sequence ever leaves out the true mean, over all looks together, such as 0.05. */
  readonly alpha: number
  /** The number of rows at which the sequence is narrowest: when the decision is expected. */
  readonly tunedFor: number
}

export interface SequencePoint {
  readonly rows: number
  readonly mean: number
  readonly lower: number
  readonly upper: number
}

/**
 * Half width after `rows` rows with standard deviation `deviation`. Asymptotic confidence sequence of Waudby-Smith
 * et al. (arXiv 2103.06476, as in GrowthBook): valid at every stopping time once there are rows enough for the
 * central limit (start to decide at about 30). About 1.6 times as wide as a fixed interval: the price of looking.
 */
export function sequenceHalfWidth(
  rows: number,
  deviation: number,
  { alpha, tunedFor }: SequenceOptions,
): number {
  if (rows < 2) return Infinity
  const rho2 = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tunedFor
  const spread = rows * rho2 + 1
  return (
    deviation * Math.sqrt(((2 * spread) / (rows ** 2 * rho2)) * Math.log(Math.sqrt(spread) / alpha))
  )
}

/** The confidence sequence along a series, a point for each row; differences of paired rows, for example. */
export function confidenceSequence(
  values: Numbers,
  options: SequenceOptions,
): readonly SequencePoint[] {
  let mean = 0
  let squares = 0
  return Array.from(values, (value, index) => {
    const rows = index + 1
    const delta = value - mean
    mean += delta / rows
    squares += delta * (value - mean)
    const reach = sequenceHalfWidth(rows, Math.sqrt(squares / Math.max(1, index)), options)
    return { rows, mean, lower: mean - reach, upper: mean + reach }
  })
}
