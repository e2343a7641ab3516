import { logBeta } from './distributions.ts'

export interface RateCounts {
  readonly errors: number
  readonly trials: number
}

export interface RateInterval {
  readonly lower: number
  readonly upper: number
}

/**
 * Interval of a rate that holds at every moment at once with probability 1 - alpha, however often one looks.
 * Beta(1/2, 1/2) mixture of likelihood ratios, a test martingale by Ville's inequality (Robbins 1970; Howard et al.
 * arXiv 1810.08240). Without trials it is 0 to 1.
 */
export function rateSequence({ errors, trials }: RateCounts, alpha: number): RateInterval {
  const mixture = logBeta(errors + 0.5, trials - errors + 0.5) - logBeta(0.5, 0.5)
  const excluded = (rate: number): boolean =>
    mixture - logLikelihood({ errors, trials }, rate) >= -Math.log(alpha)
  const best = trials === 0 ? 0.5 : errors / trials
  return {
    lower: errors === 0 || !excluded(0) ? 0 : boundary(excluded, 0, best),
    upper: errors === trials || !excluded(1) ? 1 : boundary(excluded, 1, best),
  }
}

function logLikelihood({ errors, trials }: RateCounts, rate: number): number {
  const failed = errors === 0 ? 0 : errors * Math.log(rate)
  return failed + (trials === errors ? 0 : (trials - errors) * Math.log1p(-rate))
}

// The martingale rises on both sides of the observed rate, so bisection finds the edge.
function boundary(excluded: (rate: number) => boolean, outside: number, inside: number): number {
  let [out, within] = [outside, inside]
  for (let step = 0; step < 60; step++) {
    const middle = (out + within) / 2
    if (excluded(middle)) out = middle
    else within = middle
  }
  return out
}

const ALTERNATIVES = 24

/**
 * Evidence against "the error rate is at most `most`": an e-value, to be compared with 1 / alpha at any time. Average
 * of likelihood ratios over rates spread between `most` and 1 (Waudby-Smith and Ramdas, arXiv 2010.09686), a
 * supermartingale whenever the rate is at most `most`, so P(it ever reaches 1 / alpha) <= alpha.
 */
export function errorRateEvidence({ errors, trials }: RateCounts, most: number): number {
  if (most <= 0) return errors > 0 ? Infinity : 1
  if (most >= 1) return 1
  let sum = 0
  for (let index = 0; index < ALTERNATIVES; index++) {
    // Denser near `most`, where a small excess needs a close alternative.
    const rate = most + (1 - most) * ((index + 0.5) / ALTERNATIVES) ** 2
    sum += Math.exp(
      errors * Math.log(rate / most) + (trials - errors) * Math.log((1 - rate) / (1 - most)),
    )
  }
  return sum / ALTERNATIVES
}

export interface RateComparison {
  readonly verdict: 'worse' | 'not worse' | 'unclear'
  readonly control: RateInterval
  readonly canary: RateInterval
  /** Canary minus control. */
  readonly difference: RateInterval
}

/**
 * Two arms, watched as long as one likes. `worse`: the canary's rate is above the control's; `not worse`: it is at
 * most `margin` above; otherwise `unclear`. Each arm's sequence at alpha / 2, so both hold together at alpha.
 */
export function compareRates(
  arms: { readonly control: RateCounts; readonly canary: RateCounts },
  { alpha, margin }: { readonly alpha: number; readonly margin: number },
): RateComparison {
  const control = rateSequence(arms.control, alpha / 2)
  const canary = rateSequence(arms.canary, alpha / 2)
  const difference = { lower: canary.lower - control.upper, upper: canary.upper - control.lower }
  const verdict =
    difference.lower > 0 ? 'worse' : difference.upper <= margin ? 'not worse' : 'unclear'
  return { verdict, control, canary, difference }
}
