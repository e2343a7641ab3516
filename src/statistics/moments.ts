import type { Numbers } from './numbers.ts'

export interface Moments {
  readonly rows: number
  readonly mean: number
  /** With n - 1 in the denominator; 0 below two rows. */
  readonly variance: number
}

/** Mean and variance in one pass without cancellation (Welford 1962). */
export function moments(values: Numbers): Moments {
  let mean = 0
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    const delta = value - mean
    mean += delta / (index + 1)
    squares += delta * (value - mean)
  }
  const rows = values.length
  return {
    rows,
    mean: rows === 0 ? Number.NaN : mean,
    variance: rows < 2 ? 0 : squares / (rows - 1),
  }
}

export const mean = (values: Numbers): number => moments(values).mean
