import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { seededRandom } from './seeded-random.ts'

// SciPy 1.17.1: ks_2samp(a, b, method='exact')
test('small samples agree with SciPy exactly', () => {
  const a = [0.61, 1.2, -0.3, 0.75, 2.1, 0.05, -1.1]
  const b = [1.4, 2.2, 0.9, 3.1, 1.05, -0.2, 1.8, 2.6]
  const result = kolmogorovSmirnov(a, b)
  expect(result.statistic).toBeCloseTo(0.5892857142857143, 12)
  expect(result.p).toBeCloseTo(0.11810411810411808, 10)
})

test('hundreds of rows are still exact', () => {
  const x = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 1000) / 1000 + 0.0001 * i)
  const y = Array.from({ length: 250 }, (_, i) => (((i * 6007) % 997) / 997) * 1.1 + 0.00003)
  const result = kolmogorovSmirnov(x, y)
  expect(result).toMatchObject({ method: 'exact' })
  expect(result.statistic).toBeCloseTo(0.076, 12)
  expect(result.p).toBeCloseTo(0.3899911754257932, 9)
})

// All 1,716 ways to deal the pooled values, counted in Python with itertools.combinations.
test('with ties the p-value is that of the permutation test', () => {
  const result = kolmogorovSmirnov([1, 1, 2, 2, 3, 3, 3], [2, 2, 3, 3, 4, 4])
  expect(result.statistic).toBeCloseTo(1 / 3, 12)
  expect(result.p).toBeCloseTo(886 / 1716, 12)
})

test('the limit distribution takes over for large samples', () => {
  const random = seededRandom(5)
  const a = Float64Array.from({ length: 3000 }, random)
  const same = Float64Array.from({ length: 3000 }, random)
  expect(kolmogorovSmirnov(a, same)).toMatchObject({ method: 'asymptotic' })
  expect(kolmogorovSmirnov(a, same).p).toBeGreaterThan(0.01)
  expect(
    kolmogorovSmirnov(
      a,
      same.map((value) => value + 0.1),
    ).p,
  ).toBeLessThan(1e-9)
})

test('an empty side and equal samples say nothing', () => {
  expect(kolmogorovSmirnov([], [1, 2]).p).toBe(1)
  expect(kolmogorovSmirnov([1, 2, 2], [2, 1, 2])).toMatchObject({ statistic: 0, p: 1 })
})

test('symmetric, and blind to a rising transformation', () => {
  const column = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(column, column, (a, b) => {
      const { statistic, p } = kolmogorovSmirnov(a, b)
      expect(kolmogorovSmirnov(b, a).statistic).toBeCloseTo(statistic, 12)
      expect(kolmogorovSmirnov(b, a).p).toBeCloseTo(p, 10)
      const cube = (values: readonly number[]) => values.map((value) => value ** 3 + 1)
      expect(kolmogorovSmirnov(cube(a), cube(b)).p).toBeCloseTo(p, 12)
    }),
  )
})
