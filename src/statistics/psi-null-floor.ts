import { chiSquareQuantile } from './distributions.ts'

export interface PsiNull {
  readonly referenceRows: number
  readonly currentRows: number
  /** Bins that hold rows of either side. */
  readonly bins: number
  /** 0.95 (default): without any drift, PSI stays below in 95 % of batches of this size. */
  readonly probability?: number
}

/**
 * How large PSI gets by chance alone. Without drift PSI / (1/n + 1/m) is about chi-square with B - 1 degrees of
 * freedom (Yurdakul and Naranjo 2020, "Statistical properties of the population stability index"). A score below
 * this says nothing; report the excess over it. Infinite while either side has no rows.
 */
export function psiNullFloor({
  referenceRows,
  currentRows,
  bins,
  probability = 0.95,
}: PsiNull): number {
  if (referenceRows <= 0 || currentRows <= 0) return Infinity
  return (1 / referenceRows + 1 / currentRows) * chiSquareQuantile(probability, bins - 1)
}

/** Bins that hold rows of either side: the others carry no degree of freedom. */
export function occupiedBins(reference: readonly number[], current: readonly number[]): number {
  return reference.filter((count, bin) => count > 0 || (current[bin] ?? 0) > 0).length
}
