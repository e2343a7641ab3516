import { rateSequence } from '../../statistics/binomial-confidence-sequence.ts'
import type { GuardName, GuardResult, Rollout, RolloutEvidence, Verdict } from './schema.ts'

/** All that a guard looks at. */
export interface Look {
  readonly policy: Rollout['policy']
  readonly rollout: Rollout
  readonly evidence: RolloutEvidence
  /** What one guard may spend of the whole rollout's chance to abort a challenger that is as good. */
  readonly alpha: number
  readonly now: number
}

interface Count {
  readonly k: number
  readonly n: number
  readonly alpha: number
}

export interface ShareLimit {
  readonly guard: GuardName
  readonly asked: string
  readonly limit: number
  /** What is counted: `requests failed`. */
  readonly counted: string
}

/** A guard that counts: k bad ones of n, held against a limit by their confidence sequence. */
export function shareGuard(share: ShareLimit, { k, n, alpha }: Count): GuardResult {
  const { guard, asked, limit, counted } = share
  const { lower: lo, upper: hi } = rateSequence({ errors: k, trials: n }, alpha)
  const verdict = verdictOf({ lo, hi }, limit)
  const needs = verdict === 'inconclusive' ? wantedFor({ k, n, alpha }, limit) : null
  const interval = n === 0 ? '' : ` (between ${percent(lo)} and ${percent(hi)})`
  const sentence = `${k} of ${n} ${counted}${interval}; at most ${percent(limit)} may`
  const estimate = ratio(k, n)
  const found = { challenger: estimate, n, estimate, lo, hi, limit, needs }
  return { ...blank(guard, 'share', asked), ...found, verdict, sentence }
}

export function verdictOf({ lo, hi }: { lo: number; hi: number }, limit: number): Verdict {
  if (lo > limit) return 'failed'
  return hi <= limit ? 'passed' : 'inconclusive'
}

const MOST_WANTED = 10_000_000

/** Further observations, none of them bad, until the sequence would lie below the limit. */
function wantedFor({ k, n, alpha }: Count, limit: number): number | null {
  const passes = (more: number): boolean =>
    rateSequence({ errors: k, trials: n + more }, alpha).upper <= limit
  if (limit <= 0 || !passes(MOST_WANTED)) return null
  let [low, high] = [0, MOST_WANTED]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (passes(middle)) high = middle
    else low = middle
  }
  return high
}

export function blank(guard: GuardName, unit: GuardResult['unit'], asked: string): GuardResult {
  const none = {
    champion: null,
    challenger: null,
    estimate: null,
    lo: null,
    hi: null,
    limit: null,
    needs: null,
  }
  return { guard, unit, asked, ...none, verdict: 'inconclusive', n: 0, sentence: asked }
}

export function ratio(k: number, n: number): number | null {
  return n === 0 ? null : k / n
}

export function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))}%`
}
