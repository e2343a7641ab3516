import { expect, test } from 'vitest'
import { chiSquareTwoSample } from './chi-square.ts'
import { seededRandom } from './seeded-random.ts'

// SciPy 1.17.1: chi2_contingency([[10, 20, 30], [6, 9, 17]], correction=False)
test('agrees with SciPy', () => {
  const small = chiSquareTwoSample([10, 20, 30], [6, 9, 17])
  expect(small.statistic).toBeCloseTo(0.27157465150403504, 12)
  expect(small.p).toBeCloseTo(0.873028283380073, 10)
  const large = chiSquareTwoSample([50, 30, 20, 10], [20, 40, 35, 30])
  expect(large).toMatchObject({ degrees: 3, cells: 4 })
  expect(large.p / 4.555027935025008e-6).toBeCloseTo(1, 9)
})

test('rare cells are put together, empty ones left out', () => {
  expect(chiSquareTwoSample([50, 40, 1, 0, 2, 0], [45, 44, 2, 1, 1, 0])).toMatchObject({ cells: 2 })
  expect(chiSquareTwoSample([50, 40, 3, 4], [45, 44, 3, 4])).toMatchObject({ cells: 3 })
})

test('one cell, or one empty side: nothing to compare', () => {
  expect(chiSquareTwoSample([7], [9]).p).toBe(1)
  expect(chiSquareTwoSample([7, 3], [0, 0]).p).toBe(1)
})

test('no drift, 50 rare categories: false alarms stay at the level (the one-sample form: 99 %)', () => {
  const random = seededRandom(50)
  const counts = (): number[] => {
    const cells = Array.from({ length: 50 }, () => 0)
    for (let row = 0; row < 500; row++) {
      const cell = Math.floor(random() * 50)
      cells[cell] = (cells[cell] ?? 0) + 1
    }
    return cells
  }
  const alarms = Array.from({ length: 1000 }, () => chiSquareTwoSample(counts(), counts()).p < 0.05)
  expect(alarms.filter(Boolean).length / 1000).toBeLessThan(0.075)
})
