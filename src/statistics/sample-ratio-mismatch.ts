import { chiSquareSurvival } from './distributions.ts'
import type { Numbers } from './numbers.ts'

export interface SampleRatio {
  readonly statistic: number
  readonly p: number
}

/**
 * Did the split send each arm its share? Chi-square goodness of fit of the counts against the intended weights.
 * A tiny p (below 0.001, Fabijan et al. 2019) means that the routing is broken and no comparison of the arms can be
 * trusted. Made for one look; an arm with weight 0 that has rows is a mismatch by itself.
 */
export function sampleRatioMismatch(counts: Numbers, weights: Numbers): SampleRatio {
  const rows = Array.from(counts).reduce((sum, count) => sum + count, 0)
  const weight = Array.from(weights).reduce((sum, value) => sum + value, 0)
  const arms = Array.from(counts, (count, arm) => ({
    count,
    expected: (rows * (weights[arm] ?? 0)) / weight,
  }))
  if (arms.some(({ count, expected }) => expected === 0 && count > 0))
    return { statistic: Infinity, p: 0 }
  const used = arms.filter(({ expected }) => expected > 0)
  const statistic = used.reduce(
    (sum, { count, expected }) => sum + (count - expected) ** 2 / expected,
    0,
  )
  return { statistic, p: chiSquareSurvival(statistic, used.length - 1) }
}
