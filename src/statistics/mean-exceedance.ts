/** The number of recent rows that are looked at; leaving out older starting points only makes the test more careful. */
export const MOST_ROWS = 20_000

const BETS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9] as const
// Makes the weights of all starting points, 1 / ((j + 1) ln²(j + 1)) for j = 1, 2, …, sum to one.
const NORMALIZER = 0.474

export interface ExceedanceInput {
  /** Losses in the order of their events, none below 0. */
  readonly losses: ArrayLike<number>
  /** The mean that the losses must not exceed, above 0. */
  readonly limit: number
  /** Rows of the same stream before these, which were left out. */
  readonly before?: number
}

/**
 * Evidence that the mean loss has risen above the limit, at some unknown row, and is still there: an e-process.
 * While each loss has an expectation of at most the limit (whatever its distribution, and however the past looked),
 * the chance that it ever reaches 1/alpha is at most alpha, so it may be looked at after each row.
 *
 * A bet of lambda on each row, from row j on, multiplies its capital by 1 + lambda (loss / limit - 1), which is a fair
 * game or worse under the null and never falls below zero (Waudby-Smith and Ramdas, arXiv 2010.09686). The capital is
 * spread over seven bets and over all starting rows j with weights that sum to one (as Shin, Ramdas and Rinaldo's
 * e-detectors, arXiv 2203.03532, but for the chance of ever being wrong).
 */
export function exceedanceEvidence({ losses, limit, before = 0 }: ExceedanceInput): number {
  const capital = BETS.map(() => 0)
  for (let row = 0; row < losses.length; row++) {
    const start = before + row + 1
    const stake = NORMALIZER / ((start + 1) * Math.log(start + 1) ** 2)
    const excess = (losses[row] ?? 0) / limit - 1
    for (const [index, bet] of BETS.entries()) {
      const grown = ((capital[index] ?? 0) + stake) * (1 + bet * excess)
      capital[index] = Math.min(grown, 1e300)
    }
  }
  return capital.reduce((sum, part) => sum + part / BETS.length, 0)
}
