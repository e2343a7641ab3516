import { normalQuantile, normalTwoSided } from './distributions.ts'

export interface Proportion {
  readonly count: number
  readonly rows: number
}

export interface ProportionChange {
  /** Current minus reference, in shares. */
  readonly difference: number
  readonly z: number
  /** Two-sided, pooled z test. */
  readonly p: number
  readonly lower: number
  readonly upper: number
}

/**
 * Has a share changed, such as the share of nulls? Pooled z test, and the interval of the difference by Newcombe's
 * (1998) hybrid score method 10, which stays inside -1..1. A side without rows says nothing: p = 1.
 */
export function compareProportions(
  reference: Proportion,
  current: Proportion,
  confidence = 0.95,
): ProportionChange {
  if (reference.rows === 0 || current.rows === 0)
    return { difference: 0, z: 0, p: 1, lower: -1, upper: 1 }
  const before = reference.count / reference.rows
  const after = current.count / current.rows
  const pooled = (reference.count + current.count) / (reference.rows + current.rows)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / reference.rows + 1 / current.rows))
  const difference = after - before
  const z = error === 0 ? 0 : difference / error
  const old = wilsonInterval(reference, confidence)
  const fresh = wilsonInterval(current, confidence)
  return {
    difference,
    z,
    p: normalTwoSided(z),
    lower: difference - Math.hypot(after - fresh.lower, old.upper - before),
    upper: difference + Math.hypot(fresh.upper - after, before - old.lower),
  }
}

/** Two-sided score interval of a share (Wilson 1927). */
export function wilsonInterval(
  { count, rows }: Proportion,
  confidence = 0.95,
): { readonly lower: number; readonly upper: number } {
  if (rows === 0) return { lower: 0, upper: 1 }
  const z = normalQuantile((1 + confidence) / 2)
  const share = count / rows
  const middle = share + z ** 2 / (2 * rows)
  const reach = z * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2))
  const scale = 1 + z ** 2 / rows
  return {
    lower: Math.max(0, (middle - reach) / scale),
    upper: Math.min(1, (middle + reach) / scale),
  }
}
