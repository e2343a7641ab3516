import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { DAY_MS } from '../../base/time.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { deployPolicySchema } from './policy.ts'
import { NO_EVIDENCE, type Rollout, type RolloutEvidence } from './schema.ts'
import { decideStep } from './steps.ts'

const T0 = Date.UTC(1983, 0, 1)

type PolicyInput = z.input<typeof deployPolicySchema>

const DEMO: PolicyInput = {
  steps: ['shadow 3d', '50% 4d', '100%'],
  guards: { latency_p99: { timeout: '250ms' } },
  on_little_evidence: 'advance',
}

function rolloutAt(policy: PolicyInput, change: Partial<Rollout> = {}): Rollout {
  return {
    id: 'rol_1',
    endpoint: 'births',
    model: 'births',
    version: 4,
    champion: 3,
    state: 'running',
    policy: deployPolicySchema.parse(policy),
    step: 0,
    stepStartedAt: T0,
    startedAt: T0,
    endedAt: null,
    track: [],
    reason: '',
    guards: [],
    points: [],
    evidence: null,
    causedBy: null,
    revision: 0,
    ...change,
  }
}

function requests(n: number, errors = 0, more: Partial<RolloutEvidence> = {}): RolloutEvidence {
  const latenciesMs = Array.from({ length: n }, (_, index) => 1 + (index % 10) / 10)
  return {
    ...NO_EVIDENCE,
    champion: { requests: n, errors: 0, latenciesMs },
    challenger: { requests: n, errors, latenciesMs },
    ...more,
  }
}

describe('one request a day', () => {
  const shadow = rolloutAt(DEMO)
  const canary = rolloutAt(DEMO, { step: 1 })
  test('waits for the time of the step, and says until when', () => {
    const decision = decideStep(shadow, requests(1), T0 + DAY_MS)
    expect(decision).toMatchObject({ kind: 'hold', needs: { untilMs: T0 + 3 * DAY_MS } })
    expect(decision.reason).toBe('shadow 3d lasts until 1983-01-04; no guard fails')
  })
  test('goes on when the time is served and nothing failed', () => {
    expect(decideStep(shadow, requests(3), T0 + 3 * DAY_MS)).toMatchObject({
      kind: 'advance',
      reason: 'shadow 3d is over: no guard failed in 3d; now 50% 4d',
    })
    expect(decideStep(canary, requests(2), T0 + 4 * DAY_MS)).toMatchObject({ kind: 'promote' })
  })
  test('goes nowhere when nobody has asked the challenger anything', () => {
    const decision = decideStep(shadow, requests(0), T0 + 30 * DAY_MS)
    expect(decision).toMatchObject({ kind: 'hold', needs: { observations: 1 } })
  })
  test('stops at the second failure in a row, in the middle of a step', () => {
    expect(decideStep(shadow, requests(1, 1), T0 + DAY_MS).kind).toBe('hold')
    expect(decideStep(shadow, requests(2, 2), T0 + DAY_MS)).toMatchObject({
      kind: 'abort',
      check: 'errors',
    })
  })
  test('stops at the first failure where the policy says so', () => {
    const strict = rolloutAt({ ...DEMO, guards: { errors: { fail_after: 1 } } }, { step: 1 })
    const decision = decideStep(strict, requests(1, 1, { errorsInARow: 1 }), T0)
    expect(decision).toMatchObject({ kind: 'abort', check: 'errors' })
  })
  test('by default, little evidence holds and says what is missing', () => {
    const careful = rolloutAt({ ...DEMO, on_little_evidence: 'hold' })
    const decision = decideStep(careful, requests(3), T0 + 3 * DAY_MS)
    expect(decision).toMatchObject({ kind: 'hold', needs: { untilMs: null } })
    expect(decision.reason).toMatch(
      /^Too little to judge errors, latency_p99; needs about \d+ more$/,
    )
  })
})

describe('much traffic', () => {
  const policy: PolicyInput = { steps: ['5%', '100%'], min_requests: 500 }
  const split = { units: 40_000, challenger: 2000 }
  const later = T0 + DAY_MS
  test('a step without a time ends when every guard has passed', () => {
    const decision = decideStep(rolloutAt(policy), requests(2000, 0, { split }), later)
    expect(decision.guards.map(({ guard, verdict }) => `${guard} ${verdict}`)).toEqual([
      'split passed',
      'errors passed',
      'latency_p99 passed',
    ])
    expect(decision.kind).toBe('promote')
  })
  test('fewer than min_requests hold', () => {
    const decision = decideStep(rolloutAt(policy), requests(400, 0, { split: null }), later)
    expect(decision).toMatchObject({ kind: 'hold', needs: { observations: 100 } })
  })
  test('a few errors more than allowed stop it', () => {
    const decision = decideStep(rolloutAt(policy), requests(2000, 60, { split }), later)
    expect(decision).toMatchObject({ kind: 'abort', check: 'errors' })
  })
  test('a split that is not the one asked for stops it before any other reading', () => {
    const wrong = { units: 40_000, challenger: 20_000 }
    const decision = decideStep(rolloutAt(policy), requests(2000, 0, { split: wrong }), later)
    expect(decision).toMatchObject({ kind: 'abort', check: 'split' })
    expect(decideStep(rolloutAt(policy), requests(2000, 0, { split: wrong }), T0 + 1000).kind).toBe(
      'hold',
    )
  })
  test('slower than allowed stops it, unless nobody would notice', () => {
    const slow = (ms: number): RolloutEvidence => {
      const evidence = requests(2000, 0, { split })
      return {
        ...evidence,
        challenger: { ...evidence.challenger, latenciesMs: Array(2000).fill(ms) },
      }
    }
    expect(decideStep(rolloutAt(policy), slow(8), later)).toMatchObject({
      kind: 'abort',
      check: 'latency_p99',
    })
    expect(decideStep(rolloutAt(policy), slow(4.9), later).kind).toBe('promote')
  })
  test('all of the traffic for a day is compared with nobody, and still promotes', () => {
    const all = rolloutAt({ steps: ['100% 1d'] })
    const evidence = { ...requests(2000), champion: NO_EVIDENCE.champion }
    expect(decideStep(all, evidence, T0).kind).toBe('hold')
    expect(decideStep(all, evidence, later).kind).toBe('promote')
  })
  test('a version that the data plane cannot load is stopped at once', () => {
    const decision = decideStep(
      rolloutAt(policy),
      { ...NO_EVIDENCE, unloadable: 'no such file' },
      T0,
    )
    expect(decision).toMatchObject({ kind: 'abort', check: 'loads' })
  })
  test('a pause holds, but not against a guard that fails', () => {
    const paused = rolloutAt(policy, { state: 'paused' })
    expect(decideStep(paused, requests(2000, 0, { split }), later).kind).toBe('hold')
    expect(decideStep(paused, requests(2000, 60, { split }), later).kind).toBe('abort')
  })
})

describe('quality on labels', () => {
  const policy: PolicyInput = {
    steps: ['shadow 1d', '100%'],
    guards: { quality: { worse_at_most: 0.1 } },
  }
  const paired = (n: number, mean: number) => ({
    loss: { paired: { champion: 100, difference: { n, mean, variance: 100 } }, arms: null },
  })
  const guardOf = (evidence: RolloutEvidence) =>
    decideStep(rolloutAt(policy), evidence, T0).guards.find(({ guard }) => guard === 'quality')
  test('is inconclusive below 30 rows, however bad', () => {
    expect(guardOf(requests(10, 0, paired(10, 500)))).toMatchObject({
      verdict: 'inconclusive',
      needs: 20,
    })
  })
  test('passes within the margin, fails beyond it', () => {
    expect(guardOf(requests(10, 0, paired(200, 0)))).toMatchObject({ verdict: 'passed', limit: 10 })
    expect(guardOf(requests(10, 0, paired(200, 30)))).toMatchObject({ verdict: 'failed' })
    expect(guardOf(requests(10, 0, paired(200, 10)))).toMatchObject({ verdict: 'inconclusive' })
  })
  test('compares the arms where there are no pairs', () => {
    const arm = (mean: number) => ({ n: 300, mean, variance: 400 })
    const arms = (mean: number) => ({
      loss: { paired: null, arms: { champion: arm(100), challenger: arm(mean) } },
    })
    expect(guardOf(requests(10, 0, arms(99)))).toMatchObject({ verdict: 'passed', champion: 100 })
    expect(guardOf(requests(10, 0, arms(130)))).toMatchObject({ verdict: 'failed' })
  })
})

describe('whatever the evidence', () => {
  const count = fc.nat({ max: 3000 })
  test('too little of it never fails and never passes a step without time', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20 }), (n) => {
        const decision = decideStep(rolloutAt({ steps: ['5%', '100%'] }), requests(n), T0 + DAY_MS)
        expect(decision.kind).toBe('hold')
      }),
    )
  })
  test('more errors never turn an abort into something better', () => {
    fc.assert(
      fc.property(count, count, count, (n, a, b) => {
        const [fewer, more] = [Math.min(a, b, n), Math.min(Math.max(a, b), n)]
        const aborts = (errors: number) =>
          Number(decideStep(rolloutAt(DEMO), requests(n, errors), T0).kind === 'abort')
        expect(aborts(more)).toBeGreaterThanOrEqual(aborts(fewer))
      }),
      { numRuns: 200 },
    )
  })
})

describe('looking after each of 60 days of 25 requests', () => {
  const RUNS = 300
  const policy: PolicyInput = { steps: ['50% 90d', '100%'], guards: { errors: { at_most: 0.02 } } }
  const aborted = (errorRate: number, seed: number): boolean => {
    const random = seededRandom(seed)
    let [n, k, units, challenger] = [0, 0, 0, 0]
    for (let day = 1; day <= 60; day++) {
      for (let request = 0; request < 50; request++) {
        units++
        if (random() >= 0.5) continue
        challenger++
        n++
        if (random() < errorRate) k++
      }
      const counts = { requests: n, errors: k, latenciesMs: [] }
      const evidence = { ...NO_EVIDENCE, challenger: counts, split: { units, challenger } }
      if (decideStep(rolloutAt(policy), evidence, T0 + day * DAY_MS).kind === 'abort') return true
    }
    return false
  }
  const share = (errorRate: number) =>
    Array.from({ length: RUNS }, (_, seed) => aborted(errorRate, seed + 1)).filter(Boolean).length /
    RUNS

  test('aborts a challenger at the limit in at most 5 of 100 rollouts', () => {
    expect(share(0.02)).toBeLessThanOrEqual(0.05)
  })
  test('finds one that fails four times as often', () => {
    expect(share(0.08)).toBeGreaterThan(0.95)
  })
})
