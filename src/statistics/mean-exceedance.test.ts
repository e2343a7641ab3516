import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exceedanceEvidence } from './mean-exceedance.ts'
import { seededRandom } from './seeded-random.ts'

const evidence = (losses: readonly number[], before = 0) =>
  exceedanceEvidence({ losses, limit: 1, before })

test('losses at the limit prove nothing, whatever their number', () => {
  expect(evidence([])).toBe(0)
  // Every bet keeps its stake; the stakes of all starting rows sum to at most one.
  const total = evidence(Array.from({ length: 20_000 }, () => 1))
  expect(total).toBeGreaterThan(0.7)
  expect(total).toBeLessThanOrEqual(1)
})

test('twice the limit is proved in about ten rows, also after a thousand good ones', () => {
  const bad = Array.from({ length: 30 }, () => 2)
  expect(bad.findIndex((_, row) => evidence(bad.slice(0, row)) >= 20)).toBeLessThanOrEqual(10)
  const good = Array.from({ length: 1000 }, () => 0.5)
  expect(evidence(good)).toBeLessThan(0.1)
  expect(evidence([...good, ...bad])).toBeGreaterThan(20)
})

test('never negative, and leaving out old rows never adds evidence', () => {
  const losses = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { maxLength: 200 })
  fc.assert(
    fc.property(losses, fc.nat(50), (all, skip) => {
      const whole = evidence(all)
      expect(whole).toBeGreaterThanOrEqual(0)
      expect(evidence(all.slice(skip), skip)).toBeLessThanOrEqual(whole * (1 + 1e-9))
    }),
  )
})

test('skewed losses with the mean at the limit reach 20 in at most 5 % of streams, whenever one looks', () => {
  let alarms = 0
  for (let seed = 0; seed < 300; seed++) {
    const random = seededRandom(seed)
    const losses = Array.from({ length: 600 }, () => -Math.log(1 - random()))
    if (losses.some((_, row) => row % 20 === 0 && evidence(losses.slice(0, row)) >= 20)) alarms += 1
  }
  expect(alarms).toBeLessThanOrEqual(15 + 8)
})
