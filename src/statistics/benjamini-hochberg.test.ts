import fc from 'fast-check'
import { expect, test } from 'vitest'
import { benjaminiHochberg } from './benjamini-hochberg.ts'

// SciPy 1.17.1: false_discovery_control([.01, .04, .03, .005, .2, .9, .011])
test('agrees with SciPy', () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.2, 0.9, 0.011])
  const golden = [0.0256666667, 0.056, 0.0525, 0.0256666667, 0.2333333333, 0.9, 0.0256666667]
  golden.forEach((value, index) => expect(adjusted[index]).toBeCloseTo(value, 9))
})

test('never below the p-value, never above 1, in the same order', () => {
  const p = fc.double({ noNaN: true, min: 0, max: 1 })
  fc.assert(
    fc.property(fc.array(p), p, (rest, first) => {
      const values = [first, ...rest]
      const adjusted = benjaminiHochberg(values)
      adjusted.forEach((value, index) => {
        expect(value).toBeGreaterThanOrEqual((values[index] as number) - 1e-12)
        expect(value).toBeLessThanOrEqual(1)
      })
    }),
  )
})
