import { expect, test } from 'vitest'
import { meanInterval } from './mean-interval.ts'
import { moments } from './moments.ts'

const VALUES = [1.2, 0.3, -0.5, 2.2, 1.7, 0.9, -0.1, 0.4, 1.1, 0.8]

// SciPy 1.17.1: ttest_1samp(VALUES, 0).confidence_interval(.95)
test('two-sided t interval agrees with SciPy', () => {
  const interval = meanInterval(VALUES, { confidence: 0.95 })
  expect(interval.mean).toBeCloseTo(0.8, 12)
  expect(interval.lower).toBeCloseTo(0.2188413022872765, 9)
  expect(interval.upper).toBeCloseTo(1.3811586977127237, 9)
})

test('one-sided bounds at 97.5 % are the two-sided ones at 95 %', () => {
  const one = meanInterval(VALUES, { confidence: 0.975, sides: 'one' })
  expect(one.lower).toBeCloseTo(meanInterval(VALUES, { confidence: 0.95 }).lower, 12)
})

test('one row says nothing about the spread', () => {
  expect(meanInterval([4], { confidence: 0.9 })).toMatchObject({ mean: 4, lower: -Infinity })
})

test('a large offset does not cost the variance its digits', () => {
  expect(moments([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance).toBe(30)
})
