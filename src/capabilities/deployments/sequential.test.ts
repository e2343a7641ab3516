import { expect, test } from 'vitest'
import { meanSequence, proportionSequence } from './sequential.ts'

test('a share: nothing seen says nothing, much seen says it closely', () => {
  expect(proportionSequence(0, 0, 0.05)).toEqual({ lo: 0, hi: 1 })
  const { lo, hi } = proportionSequence(500, 1000, 0.05)
  expect(lo).toBeGreaterThan(0.44)
  expect(hi).toBeLessThan(0.56)
  expect(lo + hi).toBeCloseTo(1, 10)
})

test('a share: the end is where the Beta mixture is 1/alpha, by the exact value at 0 of 1', () => {
  // B(0.5, 1.5) / B(0.5, 0.5) = 1/2, so 0.5 / (1 - p) = 20 at p = 0.975.
  expect(proportionSequence(0, 1, 0.05).hi).toBeCloseTo(0.975, 10)
  expect(proportionSequence(1, 1, 0.05).lo).toBeCloseTo(0.025, 10)
})

test('a mean: 2.41 times the fixed interval at n = 100 for N* = 2,000 is 1.6 times for N* = 100', () => {
  const { lo, hi } = meanSequence({ n: 100, mean: 0, se: 1 }, 0.05)
  expect(lo).toBe(-hi)
  expect(hi / 1.96).toBeGreaterThan(1.5)
  expect(hi / 1.96).toBeLessThan(1.7)
})
