export interface Interval {
  readonly lo: number
  readonly hi: number
}

/**
 * Confidence sequence for a share, after k of n: with probability 1 - alpha it holds the true share after every n at once, so it may
 * be looked at after each observation. All p that the Beta(1/2, 1/2) mixture of likelihood ratios has not refuted (Ville's
 * inequality; Robbins 1970, Howard et al. 1810.08240).
 */
export function proportionSequence(k: number, n: number, alpha: number): Interval {
  if (n === 0) return { lo: 0, hi: 1 }
  const mixture = logBeta(k + 0.5, n - k + 0.5) - logBeta(0.5, 0.5)
  const refuted = (p: number): boolean =>
    mixture - power(p, k) - power(1 - p, n - k) >= Math.log(1 / alpha)
  return { lo: boundary(refuted, k / n, 0), hi: boundary(refuted, k / n, 1) }
}

/** log(p^k), where 0^0 is 1. */
function power(p: number, k: number): number {
  return k === 0 ? 0 : k * Math.log(p)
}

// The refuted shares are those beyond one point on each side, because the likelihood has one peak.
function boundary(refuted: (p: number) => boolean, inside: number, edge: number): number {
  if (!refuted(edge)) return edge
  let [kept, out] = [inside, edge]
  for (let step = 0; step < 50; step++) {
    const middle = (kept + out) / 2
    if (refuted(middle)) out = middle
    else kept = middle
  }
  return out
}

/** Rows at which the sequence for a mean is narrowest. */
const NARROWEST_AT = 100

/**
 * Asymptotic confidence sequence for a mean with standard error `se` after n observations (Waudby-Smith et al. 2103.06476):
 * valid under continuous looking once n is large enough for the variance to be known, so never use it for a handful.
 */
export function meanSequence(
  { n, mean, se }: { readonly n: number; readonly mean: number; readonly se: number },
  alpha: number,
): Interval {
  const l = -2 * Math.log(alpha)
  const rhoSquared = (l + Math.log(1 + l)) / NARROWEST_AT
  const grown = n * rhoSquared + 1
  const half = se * Math.sqrt(((2 * grown) / (n * rhoSquared)) * Math.log(Math.sqrt(grown) / alpha))
  return { lo: mean - half, hi: mean + half }
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}

/** Stirling's series after shifting x above 8: 1e-13 relative (Abramowitz and Stegun 6.1.41). */
function logGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 8; z++) shift -= Math.log(z)
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z * z)) / (z * z)) / (z * z)
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series / z
}
