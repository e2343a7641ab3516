import { type IntervalOptions, upperProbability } from './mean-interval.ts'
import { quantileOfSorted } from './quantile.ts'
import { type Random, seededRandom } from './seeded-random.ts'

export interface BootstrapOptions extends IntervalOptions {
  readonly rows: number
  /** Rows kept together, so that what neighbours share stays shared; n^(1/3) unless told. 1: independent rows. */
  readonly blockLength?: number
  readonly resamples?: number
  readonly seed?: number
}

export interface BootstrapInterval {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
}

/**
 * Percentile interval of any statistic of rows, by resampling circular blocks of neighbours (Politis and Romano
 * 1992): for metrics that are no mean over rows. `statistic` gets row numbers, with repetitions. Resamples on which it
 * is not finite are left out; with fewer than half left, or two rows, the interval is the whole line. Seeded: the same
 * rows give the same interval.
 */
export function blockBootstrap(
  statistic: (rows: Int32Array) => number,
  options: BootstrapOptions,
): BootstrapInterval {
  const { rows, blockLength = Math.max(1, Math.round(Math.cbrt(rows))), seed = 1 } = options
  const estimate = statistic(Int32Array.from({ length: rows }, (_, row) => row))
  const resamples = options.resamples ?? affordable(rows)
  const random = seededRandom(seed)
  const values = Float64Array.from({ length: rows < 2 ? 0 : resamples }, () =>
    statistic(resample(rows, blockLength, random)),
  )
    .filter(Number.isFinite)
    .sort()
  if (values.length < Math.max(1, resamples / 2))
    return { estimate, lower: -Infinity, upper: Infinity }
  const upper = upperProbability(options)
  return {
    estimate,
    lower: quantileOfSorted(values, 1 - upper),
    upper: quantileOfSorted(values, upper),
  }
}

// About twenty million row visits: a second or two for the dearest metrics.
const affordable = (rows: number): number =>
  Math.min(2000, Math.max(200, Math.floor(2e7 / Math.max(1, rows))))

function resample(rows: number, blockLength: number, random: Random): Int32Array {
  const chosen = new Int32Array(rows)
  let start = 0
  for (let index = 0; index < rows; index++) {
    const offset = index % blockLength
    if (offset === 0) start = Math.floor(random() * rows)
    chosen[index] = (start + offset) % rows
  }
  return chosen
}
