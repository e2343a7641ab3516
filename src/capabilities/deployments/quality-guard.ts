import { blank, type Look, percent, verdictOf } from './guard-result.ts'
import type { GuardResult, RolloutEvidence } from './schema.ts'
import { meanSequence } from './sequential.ts'

// The sequence for a mean is asymptotic: with losses as skewed as an exponential it errs in 3 of 100 rollouts from here on, and in 6 from 10 rows.
const FEWEST_LABELS = 30

/** The challenger's loss against the champion's, on rows whose labels have come. */
export function qualityGuard({ policy, evidence, alpha }: Look): GuardResult | null {
  const guard = policy.guards.quality
  if (guard === undefined) return null
  const asked = `loss at most ${percent(guard.worse_at_most)} above the champion's`
  const blankResult = blank('quality', 'loss', asked)
  const compared = comparedLoss(evidence.loss)
  if (compared === null || compared.fewest < FEWEST_LABELS) {
    const needs = FEWEST_LABELS - (compared?.fewest ?? 0)
    const n = compared?.n ?? 0
    return { ...blankResult, n, needs, sentence: `Quality needs ${needs} more labelled rows` }
  }
  const { champion, challenger, n, mean, se } = compared
  const limit = guard.worse_at_most * champion
  const { lo, hi } = meanSequence({ n, mean, se }, Math.min(alpha, 1 - guard.confidence) / 2)
  const verdict = verdictOf({ lo, hi }, limit)
  const sentence = `Its loss is ${figure(mean)} above the champion's (${figure(lo)} to ${figure(hi)}); ${figure(limit)} may be`
  return {
    ...blankResult,
    verdict,
    champion,
    challenger,
    n,
    estimate: mean,
    lo,
    hi,
    limit,
    sentence,
  }
}

interface ComparedLoss {
  readonly champion: number
  readonly challenger: number
  readonly n: number
  /** Rows of the smaller side. */
  readonly fewest: number
  readonly mean: number
  readonly se: number
}

/** Pairs from the shadow, or the two arms against each other: whichever says more. Two intervals, so each has half of alpha. */
function comparedLoss({ paired, arms }: RolloutEvidence['loss']): ComparedLoss | null {
  const known = [paired === null ? null : pairedLoss(paired), arms === null ? null : armsLoss(arms)]
    .filter((loss) => loss !== null)
    .toSorted((a, b) => b.fewest - a.fewest)
  const enough = known.filter(({ fewest }) => fewest >= FEWEST_LABELS)
  return enough.toSorted((a, b) => a.se - b.se)[0] ?? known[0] ?? null
}

function pairedLoss({
  champion,
  difference,
}: NonNullable<RolloutEvidence['loss']['paired']>): ComparedLoss {
  const { n, mean, variance } = difference
  return { champion, challenger: champion + mean, n, fewest: n, mean, se: Math.sqrt(variance / n) }
}

function armsLoss({
  champion,
  challenger,
}: NonNullable<RolloutEvidence['loss']['arms']>): ComparedLoss {
  return {
    champion: champion.mean,
    challenger: challenger.mean,
    n: champion.n + challenger.n,
    fewest: Math.min(champion.n, challenger.n),
    mean: challenger.mean - champion.mean,
    se: Math.sqrt(champion.variance / champion.n + challenger.variance / challenger.n),
  }
}
function figure(value: number): string {
  return String(Number(value.toPrecision(4)))
}
