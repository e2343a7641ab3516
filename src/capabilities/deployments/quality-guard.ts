import { sequenceHalfWidth } from '../../statistics/asymptotic-confidence-sequence.ts'
import { rowsStillNeeded } from '../../statistics/required-sample.ts'
import { blank, type Look, percent, verdictOf } from './guard-result.ts'
import type { GuardResult, RolloutEvidence } from './schema.ts'

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
  const found = lossDifference(compared, Math.min(alpha, 1 - guard.confidence) / 2)
  return { ...blankResult, ...found, ...judgeLoss(found, guard.worse_at_most * found.champion) }
}

// Rows at which the sequence is narrowest: when a rollout that is watched for labels should be decided.
const TUNED_FOR = 100

function lossDifference({ champion, challenger, n, mean, se }: ComparedLoss, alpha: number) {
  const reach = sequenceHalfWidth(n, se * Math.sqrt(n), { alpha, tunedFor: TUNED_FOR })
  return { champion, challenger, n, estimate: mean, lo: mean - reach, hi: mean + reach }
}

function judgeLoss({ n, estimate, lo, hi }: ReturnType<typeof lossDifference>, limit: number) {
  const verdict = verdictOf({ lo, hi }, limit)
  const margin = limit - estimate
  const needs =
    verdict === 'inconclusive'
      ? rowsStillNeeded({ rows: n, halfWidth: hi - estimate, margin })
      : null
  const sentence = `Its loss minus the champion's is ${figure(estimate)} (between ${figure(lo)} and ${figure(hi)}); at most ${figure(limit)} may be`
  return { verdict, limit, needs, sentence }
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
