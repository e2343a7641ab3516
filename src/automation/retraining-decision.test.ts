import { expect, it } from 'vitest'
import { DAY_MS } from '../base/time.ts'
import { decideRetraining, type RetrainingFacts } from './retraining-decision.ts'
import { retrainPolicySchema } from './schema.ts'

const policy = retrainPolicySchema.parse({
  on: [{ performance: 'degraded' }],
  cooldown: '10d',
  budget: '2 per month',
})
const now = Date.UTC(1975, 5, 1)
const quiet: RetrainingFacts = {
  now,
  trigger: 'performance',
  paused: false,
  trainingRuns: false,
  rolloutRuns: false,
  startedAt: [],
}
const reason = (change: Partial<RetrainingFacts>) =>
  decideRetraining(policy, { ...quiet, ...change }).reason

it.each([
  ['go', {}],
  ['running', { trainingRuns: true, paused: true }],
  ['rollout', { rolloutRuns: true }],
  ['paused', { paused: true }],
  ['cooldown', { startedAt: [now - 9 * DAY_MS] }],
  ['go', { startedAt: [now - 10 * DAY_MS] }],
  ['budget', { startedAt: [now - 11 * DAY_MS, now - 29 * DAY_MS] }],
  ['go', { startedAt: [now - 11 * DAY_MS, now - 30 * DAY_MS] }],
  ['go', { trigger: 'manual', paused: true, startedAt: [now] }],
  ['running', { trigger: 'manual', trainingRuns: true }],
] as const)('%s when %o', (expected, change) => {
  expect(reason(change)).toBe(expected)
})

it('says until when it waits', () => {
  const { sentence } = decideRetraining(policy, { ...quiet, startedAt: [now - DAY_MS] })
  expect(sentence).toBe('The last one started on 1975-05-31; cooldown of 10d until 1975-06-10.')
})
