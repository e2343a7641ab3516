import type { Numbers } from './numbers.ts'
import { sorted } from './quantile.ts'

export interface KolmogorovSmirnov {
  /** Largest distance between the two empirical distributions, 0 to 1. */
  readonly statistic: number
  readonly p: number
  readonly method: 'exact' | 'asymptotic'
}

// Counting paths costs n * m steps: a few milliseconds at this size.
const MOST_PATHS = 1_000_000

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided. Exact up to n * m of a million, with ties too (the permutation
 * distribution given the pooled values, as R's `psmirnov`); above, the limit distribution with Stephens' (1970)
 * correction, which is conservative on ties: prefer chi-square for columns of few values. NaN must be removed
 * before. An empty side gives p = 1.
 */
export function kolmogorovSmirnov(a: Numbers, b: Numbers): KolmogorovSmirnov {
  const [n, m] = [a.length, b.length]
  if (n === 0 || m === 0) return { statistic: 0, p: 1, method: 'exact' }
  const { statistic, boundary } = compareSorted(sorted(a), sorted(b))
  return n * m <= MOST_PATHS
    ? { statistic, p: exactSurvival({ statistic, n, m, boundary }), method: 'exact' }
    : { statistic, p: limitSurvival(statistic, (n * m) / (n + m)), method: 'asymptotic' }
}

/** `boundary[k]` is 1 where the k smallest pooled values end a run of equal ones: only there can D be read. */
interface Comparison {
  readonly statistic: number
  readonly boundary: Uint8Array
}

function compareSorted(a: Float64Array, b: Float64Array): Comparison {
  const boundary = new Uint8Array(a.length + b.length + 1)
  let statistic = 0
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    boundary[i + j] = 1
    statistic = Math.max(statistic, Math.abs(i / a.length - j / b.length))
  }
  return { statistic, boundary }
}

// P(D >= d): the share of orders of the pooled sample whose path leaves the band, counted from the origin.
function exactSurvival(test: Comparison & { readonly n: number; readonly m: number }): number {
  const { n, m, boundary } = test
  // Half a step below d, so that rounding cannot decide whether a path touches it.
  const limit = (Math.floor(test.statistic * n * m + 1e-7) - 0.5) / (n * m)
  const left = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (boundary[i + j] === 1 && Math.abs(i / n - j / m) > limit) left[j] = 1
      else if (i + j > 0) left[j] = (i * (left[j] as number) + j * (left[j - 1] ?? 0)) / (i + j)
    }
  }
  return Math.min(1, left[m] as number)
}

function limitSurvival(statistic: number, effective: number): number {
  const root = Math.sqrt(effective)
  const lambda = (root + 0.12 + 0.11 / root) * statistic
  if (lambda < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * lambda) ** 2)
  return Math.min(1, Math.max(0, sum))
}
