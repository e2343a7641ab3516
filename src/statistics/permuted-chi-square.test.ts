import { expect, test } from 'vitest'
import { chiSquareTwoSample } from './chi-square.ts'
import { permutedChiSquare } from './permuted-chi-square.ts'
import { seededRandom } from './seeded-random.ts'

const permuted = (a: readonly number[], b: readonly number[]) =>
  permutedChiSquare(a, b, { random: seededRandom(3) })

test('agrees with the distribution where that is right', () => {
  const [a, b] = [
    [400, 300, 300],
    [240, 130, 130],
  ]
  expect(permuted(a, b)).toBeCloseTo(chiSquareTwoSample(a, b).p, 2)
})

test('2 x 2: the exact answer of Fisher', () => {
  // One side of 28 has the only one: 28/393 at least as extreme, as 365/393 is less so.
  const p = permuted([365, 0], [27, 1])
  expect(p).toBeGreaterThan(0.05)
  expect(p).toBeLessThan(0.1)
})

test('equal shares give a large p, disjoint ones the smallest, whichever comes first', () => {
  expect(permuted([10, 10], [5, 5])).toBeGreaterThan(0.9)
  expect(permuted([100, 0], [0, 40])).toBe(1 / 10_000)
  expect(permuted([0, 40], [100, 0])).toBe(1 / 10_000)
  expect(permuted([0, 0], [0, 0])).toBeGreaterThan(0.9)
})
