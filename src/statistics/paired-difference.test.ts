import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairedDifference } from './paired-difference.ts'

const OPTIONS = { confidence: 0.9, sides: 'one' } as const
// Alternating signs, so that no autocorrelation widens the golden t interval.
const A = [12, 15, 11, 14, 13, 16, 12, 15]
const B = [13, 14, 12.5, 13.2, 14.1, 15.5, 12.9, 14.4]

// SciPy 1.17.1: ttest_rel(B, A).confidence_interval(.8): one-sided 90 % bounds
test('without autocorrelation it is the paired t interval', () => {
  const result = pairedDifference(A, B, OPTIONS)
  expect(result.dependence.inflation).toBe(1)
  expect(result.difference).toBeCloseTo(0.2, 12)
  expect(result.lower).toBeCloseTo(-0.307347267508, 8)
  expect(result.upper).toBeCloseTo(0.707347267508, 8)
})

test('neighbours that repeat each other widen it', () => {
  const steps = Array.from({ length: 40 }, (_, row) => (row < 20 ? 1 : -0.5))
  const zeros = steps.map(() => 10)
  const moved = steps.map((step) => 10 + step)
  const shuffled = steps.map((_, row) => 10 + (row % 2 === 0 ? 1 : -0.5))
  const width = (b: number[]): number => {
    const { lower, upper } = pairedDifference(zeros, b, OPTIONS)
    return upper - lower
  }
  expect(width(moved)).toBeGreaterThan(3 * width(shuffled))
})

const oneSide = (a: number, b: number): boolean =>
  Math.abs(b) < 1e-9 || Math.sign(a) === Math.sign(b)

const losses = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 40 })
const pairs = fc
  .tuple(losses, losses)
  .map(([a, b]) => ({ a: a.slice(0, b.length), b: b.slice(0, a.length) }))

test('relative and absolute bounds lie on the same side of zero, around the estimate', () => {
  fc.assert(
    fc.property(pairs, ({ a, b }) => {
      const { relative, lower, upper } = pairedDifference(a, b, OPTIONS)
      if (relative === null || !Number.isFinite(relative.lower)) return
      expect(oneSide(relative.lower, lower)).toBe(true)
      expect(oneSide(relative.upper, upper)).toBe(true)
      expect(relative.lower).toBeLessThanOrEqual(relative.difference + 1e-9)
      expect(relative.upper).toBeGreaterThanOrEqual(relative.difference - 1e-9)
    }),
  )
})

test('swapping the arms flips the sign; the unit does not matter to the relative difference', () => {
  fc.assert(
    fc.property(pairs, ({ a, b }) => {
      const [there, back] = [pairedDifference(a, b, OPTIONS), pairedDifference(b, a, OPTIONS)]
      expect(back.lower).toBeCloseTo(-there.upper, 6)
      const scaled = pairedDifference(
        a.map((value) => value * 1000),
        b.map((value) => value * 1000),
        OPTIONS,
      )
      if (!Number.isFinite(there.relative?.lower)) return
      expect(scaled.relative?.lower).toBeCloseTo(there.relative?.lower as number, 6)
    }),
  )
})

test('equal arms differ by exactly nothing; one row by anything; a zero mean has no ratio', () => {
  expect(pairedDifference(A, A, OPTIONS)).toMatchObject({
    lower: 0,
    upper: 0,
    relative: { difference: 0, lower: 0, upper: 0 },
  })
  expect(pairedDifference([1], [2], OPTIONS)).toMatchObject({ lower: -Infinity, upper: Infinity })
  expect(pairedDifference([0, 0, 0], [1, 2, 3], OPTIONS).relative).toBeNull()
})
