import { logGamma } from './distributions.ts'
import type { Proportion } from './two-proportions.ts'

export interface FisherExact {
  /** Chance of a share in the second sample as high as found, or higher. */
  readonly more: number
  readonly less: number
  /** Twice the smaller of the two, at most 1. */
  readonly twoSided: number
}

/**
 * Fisher's exact test of two shares, for counts too small for a z test, which cries wolf at the first null of a batch.
 * Sums over the possible tables: as many as there are counted rows in both samples together.
 */
export function fisherExact(reference: Proportion, current: Proportion): FisherExact {
  const counted = reference.count + current.count
  const least = Math.max(0, counted - reference.rows)
  const most = Math.min(counted, current.rows)
  const chance = (count: number): number =>
    Math.exp(
      logChoose(current.rows, count) +
        logChoose(reference.rows, counted - count) -
        logChoose(current.rows + reference.rows, counted),
    )
  let [less, more] = [0, 0]
  for (let count = least; count <= current.count; count++) less += chance(count)
  for (let count = current.count; count <= most; count++) more += chance(count)
  const [lower, upper] = [Math.min(1, less), Math.min(1, more)]
  return { more: upper, less: lower, twoSided: Math.min(1, 2 * Math.min(lower, upper)) }
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}
