import { binomialCdf, chiSquareSurvival } from './distributions.ts'

export interface McNemar {
  /** Exact binomial, two-sided. */
  readonly exact: number
  /** Mid-p: less conservative, recommended below 25 disagreements. */
  readonly midP: number
  /** Asymptotic, without continuity correction. */
  readonly asymptotic: number
}

/**
 * Two classifiers on the same rows: do the rows on which they disagree favour one? `wins` and `losses` are the rows
 * that only one of the two got right. McNemar (1947); mid-p by Fagerland, Lydersen and Laake (2013).
 */
export function mcnemar(wins: number, losses: number): McNemar {
  const rows = wins + losses
  if (rows === 0) return { exact: 1, midP: 1, asymptotic: 1 }
  const fewer = Math.min(wins, losses)
  const below = binomialCdf(fewer, rows, 0.5)
  const at = below - (fewer === 0 ? 0 : binomialCdf(fewer - 1, rows, 0.5))
  return {
    exact: Math.min(1, 2 * below),
    midP: wins === losses ? 1 - at / 2 : 2 * below - at,
    asymptotic: chiSquareSurvival((wins - losses) ** 2 / rows, 1),
  }
}
