import { type Dependence, dependence, dependentQuantile } from './autocorrelation.ts'
import { type IntervalOptions, upperProbability } from './mean-interval.ts'
import { moments } from './moments.ts'
import type { Numbers } from './numbers.ts'

export interface PairedDifference {
  readonly rows: number
  readonly meanA: number
  readonly meanB: number
  /** B minus A, in the unit of the values, with an interval that allows for dependent neighbours. */
  readonly difference: number
  readonly lower: number
  readonly upper: number
  /** (B - A) / A; `null` where A is zero. */
  readonly relative: RelativeDifference | null
  readonly dependence: Dependence
}

interface RelativeDifference {
  readonly difference: number
  readonly lower: number
  readonly upper: number
}

/**
 * Two measurements of the same rows in their order in time, such as the losses of two models. The interval is
 * Student's t on the row differences, widened by their autocorrelation. Relative bounds are Fieller's (1954), so they
 * lie on one side of zero exactly when the absolute ones do. Below two rows everything is possible.
 */
export function pairedDifference(
  a: Numbers,
  b: Numbers,
  options: IntervalOptions,
): PairedDifference {
  const rows = a.length
  const differences = Float64Array.from({ length: rows }, (_, row) => at(b, row) - at(a, row))
  const [ofA, ofB, ofDifference] = [moments(a), moments(b), moments(differences)]
  const repeat = dependence(differences)
  const reach =
    rows < 2
      ? Infinity
      : dependentQuantile(upperProbability(options), rows, repeat) *
        Math.sqrt(repeat.inflation / rows)
  const width = rows < 2 ? Infinity : reach * Math.sqrt(ofDifference.variance)
  const fieller = {
    meanA: ofA.mean,
    meanB: ofB.mean,
    varianceA: ofA.variance,
    varianceB: ofB.variance,
    // From var(B - A), which is exact where two nearly equal covariances would not be.
    covariance: (ofA.variance + ofB.variance - ofDifference.variance) / 2,
    reach,
  }
  return {
    rows,
    meanA: ofA.mean,
    meanB: ofB.mean,
    difference: ofDifference.mean,
    lower: ofDifference.mean - width,
    upper: ofDifference.mean + width,
    relative: relativeDifference(fieller),
    dependence: repeat,
  }
}

const at = (values: Numbers, row: number): number => values[row] as number

interface Fieller {
  readonly meanA: number
  readonly meanB: number
  readonly varianceA: number
  readonly varianceB: number
  readonly covariance: number
  /** Quantile times the standard error of a mean with variance 1. */
  readonly reach: number
}

// The ratios B / A that the data do not reject are the roots' inside: (B - rA)^2 <= reach^2 var(B - rA).
function relativeDifference(input: Fieller): RelativeDifference | null {
  const { meanA, meanB, reach } = input
  if (!(Math.abs(meanA) > 0)) return null
  const difference = (meanB - meanA) / Math.abs(meanA)
  const unknown = { difference, lower: -Infinity, upper: Infinity }
  if (!Number.isFinite(reach)) return unknown
  const square = meanA ** 2 - reach ** 2 * input.varianceA
  // A's own mean cannot be told from zero: no ratio to it is excluded.
  if (square <= 0) return unknown
  // Solved for r - 1, which keeps the digits of a difference near zero.
  const gap = meanB - meanA
  const gapVariance = input.varianceA + input.varianceB - 2 * input.covariance
  const gapCovariance = input.covariance - input.varianceA
  const linear = gap * meanA - reach ** 2 * gapCovariance
  const constant = gap ** 2 - reach ** 2 * gapVariance
  const root = Math.sqrt(Math.max(0, linear ** 2 - square * constant))
  const bounds = [(linear - root) / square, (linear + root) / square] as const
  return meanA > 0
    ? { difference, lower: bounds[0], upper: bounds[1] }
    : { difference, lower: -bounds[1], upper: -bounds[0] }
}
