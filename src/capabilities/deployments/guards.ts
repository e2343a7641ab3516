import { formatDuration } from '../../base/time.ts'
import { rateSequence } from '../../statistics/binomial-confidence-sequence.ts'
import { blank, type Look, percent, ratio, shareGuard } from './guard-result.ts'
import { nearestRank } from './evidence.ts'
import { qualityGuard } from './quality-guard.ts'
import { currentStep, type GuardResult, type Rollout, type RolloutEvidence } from './schema.ts'

/**
 * Holds the evidence against each guard. Every interval is a confidence sequence: looking after each request does not raise
 * the chance of a false abort above 1 - policy.confidence over the whole rollout, because the guards and steps share it (Bonferroni).
 */
export function judgeGuards(
  rollout: Rollout,
  evidence: RolloutEvidence,
  now: number,
): readonly GuardResult[] {
  const { policy } = rollout
  const active = 3 + (policy.guards.disagreement ? 1 : 0) + (policy.guards.quality ? 1 : 0)
  const alpha = (1 - policy.confidence) / (active * policy.steps.length)
  const look: Look = { policy, rollout, evidence, alpha, now }
  return [
    loads(look),
    split(look),
    errors(look),
    latency(look),
    disagreement(look),
    qualityGuard(look),
  ].filter((result) => result !== null)
}

function loads({ evidence: { unloadable } }: Look): GuardResult | null {
  if (unloadable === null) return null
  const sentence = `The data plane cannot load it: ${unloadable}`
  return { ...blank('loads', 'share', 'can be loaded'), verdict: 'failed', sentence }
}

function errors({ policy, evidence, alpha }: Look): GuardResult {
  const { at_most: limit, fail_after: failAfter } = policy.guards.errors
  const { champion, challenger, errorsInARow } = evidence
  const result = shareGuard(
    { guard: 'errors', asked: `at most ${percent(limit)} fail`, limit, counted: 'requests failed' },
    { k: challenger.errors, n: challenger.requests, alpha },
  )
  const judged = { ...result, champion: ratio(champion.errors, champion.requests) }
  if (failAfter === undefined || errorsInARow < failAfter) return judged
  const sentence = `${errorsInARow} requests in a row failed that the champion answered`
  return { ...judged, verdict: 'failed', sentence }
}

/** The split is wrong when the share of keys at the challenger cannot be the one asked for, give or take what a change of routes costs. */
const SPLIT_TOLERANCE = 0.02
const SPLIT_SETTLES_MS = 60_000

function split({ rollout, evidence: { split: counts }, alpha, now }: Look): GuardResult | null {
  const step = currentStep(rollout)
  if (step.kind !== 'canary' || step.fraction === 1) return null
  const asked = `${percent(step.fraction)} of the keys go to the challenger`
  if (counts === null || now - rollout.stepStartedAt < SPLIT_SETTLES_MS)
    return { ...blank('split', 'share', asked), sentence: 'The split has only just changed' }
  const { units: n, challenger: k } = counts
  const { lower: lo, upper: hi } = rateSequence({ errors: k, trials: n }, alpha)
  const wrong = lo > step.fraction + SPLIT_TOLERANCE || hi < step.fraction - SPLIT_TOLERANCE
  const estimate = ratio(k, n)
  const sentence = `${k} of ${n} keys went to the challenger, ${percent(step.fraction)} was asked for`
  const verdict = wrong ? 'failed' : 'passed'
  return {
    ...blank('split', 'share', asked),
    verdict,
    n,
    estimate,
    lo,
    hi,
    limit: step.fraction,
    challenger: estimate,
    sentence,
  }
}

const FEWEST_LATENCIES = 100

function latency({ policy, rollout, evidence, alpha }: Look): GuardResult | null {
  const step = currentStep(rollout)
  // Nothing is left to compare with when the challenger answers everything.
  if (step.kind === 'canary' && step.fraction === 1) return null
  const { slower_at_most: slower, ignore_below: floorMs } = policy.guards.latency_p99
  const asked = `p99 at most ${percent(slower)} above the champion's`
  const [champion, challenger] = [evidence.champion.latenciesMs, evidence.challenger.latenciesMs]
  const base = {
    ...blank('latency_p99', 'ms', asked),
    champion: nearestRank(champion, 0.99),
    challenger: nearestRank(challenger, 0.99),
  }
  const fewest = Math.min(champion.length, challenger.length)
  if (base.champion === null || fewest < FEWEST_LATENCIES) {
    const needs = FEWEST_LATENCIES - fewest
    return {
      ...base,
      n: challenger.length,
      needs,
      sentence: `Latency needs ${needs} more requests an arm`,
    }
  }
  // p99 is above the limit exactly when more than 1 in 100 requests is, and a share has an exact sequence.
  const limit = Math.max(floorMs, base.champion * (1 + slower))
  const k = challenger.filter((ms) => ms > limit).length
  const { lower: lo, upper: hi } = rateSequence({ errors: k, trials: challenger.length }, alpha)
  const estimate = k / challenger.length
  const verdict = lo > 0.01 ? 'failed' : estimate <= 0.01 ? 'passed' : 'inconclusive'
  const sentence = `${percent(estimate)} of its answers took longer than ${formatMs(limit)}; 1% may`
  return { ...base, verdict, n: challenger.length, estimate, lo, hi, limit: 0.01, sentence }
}

function disagreement({ policy, evidence, alpha }: Look): GuardResult | null {
  const guard = policy.guards.disagreement
  if (guard === undefined) return null
  const { at_most: limit, tolerance } = guard
  const { pairs, differing } = evidence.disagreement ?? { pairs: 0, differing: 0 }
  const counted = `answers differ by more than ${percent(tolerance)}`
  const asked = `at most ${percent(limit)} of ${counted}`
  return shareGuard(
    { guard: 'disagreement', asked, limit, counted },
    { k: differing, n: pairs, alpha },
  )
}
function formatMs(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : formatDuration(ms)
}
