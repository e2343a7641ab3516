import { expect, test } from 'vitest'
import { compareProportions, wilsonInterval } from './two-proportions.ts'

// statsmodels 0.15: proportions_ztest([15, 30], [100, 120]); confint_proportions_2indep(30, 120, 15, 100,
// method='newcomb'); proportion_confint(15, 100, method='wilson')
test('agrees with statsmodels', () => {
  const change = compareProportions({ count: 15, rows: 100 }, { count: 30, rows: 120 })
  expect(change.difference).toBeCloseTo(0.1, 12)
  expect(change.z).toBeCloseTo(1.8309508328682538, 10)
  expect(change.p).toBeCloseTo(0.06710788204818688, 10)
  expect(change.lower).toBeCloseTo(-0.007745959133436356, 10)
  expect(change.upper).toBeCloseTo(0.20182072076565782, 10)
  const { lower, upper } = wilsonInterval({ count: 15, rows: 100 })
  expect([lower, upper]).toEqual([
    expect.closeTo(0.09305985283656629, 10),
    expect.closeTo(0.23283559590832367, 10),
  ])
})

test('no nulls before and none now is no change; no rows is no statement', () => {
  expect(compareProportions({ count: 0, rows: 50 }, { count: 0, rows: 9 })).toMatchObject({ p: 1 })
  expect(compareProportions({ count: 3, rows: 50 }, { count: 0, rows: 0 })).toMatchObject({ p: 1 })
})

test('nulls out of nowhere are found', () => {
  expect(compareProportions({ count: 0, rows: 500 }, { count: 9, rows: 60 }).p).toBeLessThan(1e-9)
})
