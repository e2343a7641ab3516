export interface SampleNeed {
  /** Rows that gave the half width. */
  readonly rows: number
  /** Half the width of the interval now. */
  readonly halfWidth: number
  /** Half width at which the question would be answered, in the same unit. */
  readonly margin: number
}

/**
 * Rows still needed until the half width reaches the margin, if the spread stays what it is: widths shrink with the
 * square root of the rows. `null` when no number of rows would do (the estimate lies on the line) or none is known.
 */
export function rowsStillNeeded({ rows, halfWidth, margin }: SampleNeed): number | null {
  if (!(margin > 0) || !Number.isFinite(halfWidth)) return null
  if (halfWidth <= margin) return 0
  const needed = Math.ceil(rows * (halfWidth / margin) ** 2) - rows
  return needed > MOST_WORTH_SAYING ? null : needed
}

// Beyond a million rows the number is no plan, only noise of the estimate.
const MOST_WORTH_SAYING = 1_000_000
