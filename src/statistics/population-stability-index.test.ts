import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countCategories, freezeCategories } from './category-bins.ts'
import { countBins, freezeBins, psi } from './population-stability-index.ts'

// R = (r + .5) / (r.sum() + B/2); C likewise; ((R - C) * numpy.log(R / C)).sum()
test('agrees with NumPy, an empty bin included', () => {
  expect(psi([100, 100, 100, 100], [30, 25, 0, 45])).toBeCloseTo(1.0859956808941524, 12)
})

test('bins are the quantiles of the reference, open at both ends', () => {
  const bins = freezeBins(Array.from({ length: 100 }, (_, index) => index))
  expect(bins.edges).toHaveLength(9)
  expect(countBins(bins, [-1e9, 1e9, Infinity, Number.NaN])).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2])
})

test('few distinct values have a point each, and one bin for whatever is new', () => {
  const bins = freezeBins([0, 1, 2, 0, 1, 2, 6])
  expect(bins.points).toEqual([0, 1, 2, 6])
  expect(countBins(bins, [0, 6, 6, 3])).toEqual([1, 0, 0, 2, 1])
})

test('a value that is most of the column does not make duplicate edges', () => {
  const zeros = Array.from({ length: 80 }, () => 0)
  const bins = freezeBins([...zeros, ...Array.from({ length: 40 }, (_, index) => index + 1)])
  expect(bins.points).toEqual([0])
  expect(new Set(bins.edges).size).toBe(bins.edges.length)
  expect(countBins(bins, zeros)[0]).toBe(80)
})

test('every row but NaN falls into exactly one bin; PSI is symmetric and not negative', () => {
  const column = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })))
  fc.assert(
    fc.property(column, column, (reference, current) => {
      const bins = freezeBins(reference)
      const [r, c] = [countBins(bins, reference), countBins(bins, current)]
      expect(c.reduce((a, b) => a + b, 0)).toBe(current.length)
      expect(psi(r, c)).toBeGreaterThanOrEqual(0)
      expect(psi(r, c)).toBeCloseTo(psi(c, r), 12)
      expect(psi(r, r)).toBe(0)
    }),
  )
})

test('categories: the frequent ones, the others, and the unseen', () => {
  const bins = freezeCategories(['a', 'a', 'a', 'b', 'b', 'c', 'd'], 2)
  expect(bins).toMatchObject({ top: ['a', 'b'], others: ['c', 'd'] })
  expect(countCategories(bins, ['a', 'c', 'd', 'new', 'new'])).toEqual([1, 0, 2, 2])
})
