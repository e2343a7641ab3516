import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantile } from './quantile.ts'

// NumPy 2.4.6: numpy.quantile([3, 1, 4, 1, 5, 9, 2.6], q)
test.each([
  [0, 1],
  [0.1, 1],
  [0.25, 1.8],
  [0.5, 3],
  [0.9, 6.6],
  [1, 9],
])('quantile %d', (probability, value) => {
  expect(quantile([3, 1, 4, 1, 5, 9, 2.6], probability)).toBeCloseTo(value, 12)
})

test('without values it is not a number', () => expect(quantile([], 0.5)).toBeNaN())

test('it lies within the values and rises with the probability', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 })
  const probability = fc.double({ noNaN: true, min: 0, max: 1 })
  fc.assert(
    fc.property(values, probability, probability, (numbers, a, b) => {
      const [low, high] = [quantile(numbers, Math.min(a, b)), quantile(numbers, Math.max(a, b))]
      expect(low).toBeLessThanOrEqual(high + 1e-6)
      expect(low).toBeGreaterThanOrEqual(Math.min(...numbers))
      expect(high).toBeLessThanOrEqual(Math.max(...numbers))
    }),
  )
})
