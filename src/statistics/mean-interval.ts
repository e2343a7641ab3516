import { tQuantile } from './distributions.ts'
import { moments } from './moments.ts'
import type { Numbers } from './numbers.ts'

export interface IntervalOptions {
  /** Such as 0.95. */
  readonly confidence: number
  /**
   * `one`: each bound alone holds with this confidence, for decisions that look at one of them.
   * `two` (default): both together do.
   */
  readonly sides?: 'one' | 'two'
}

export interface MeanInterval {
  readonly rows: number
  readonly mean: number
  readonly standardError: number
  readonly lower: number
  readonly upper: number
}

/** The part of the distribution below the upper bound. */
export function upperProbability({ confidence, sides = 'two' }: IntervalOptions): number {
  return sides === 'one' ? confidence : (1 + confidence) / 2
}

/** Student's t interval of a mean. Below two rows it is the whole line: nothing is known. */
export function meanInterval(values: Numbers, options: IntervalOptions): MeanInterval {
  const { rows, mean, variance } = moments(values)
  if (rows < 2) return { rows, mean, standardError: Infinity, lower: -Infinity, upper: Infinity }
  const standardError = Math.sqrt(variance / rows)
  const reach = tQuantile(upperProbability(options), rows - 1) * standardError
  return { rows, mean, standardError, lower: mean - reach, upper: mean + reach }
}
