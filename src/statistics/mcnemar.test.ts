import { expect, test } from 'vitest'
import { mcnemar } from './mcnemar.ts'

// statsmodels 0.15 and SciPy 1.17.1: exact 2 * binom.cdf(k, n, .5), mid-p, chi2.sf((b - c)^2 / n, 1)
test.each([
  [10, 3, 0.0922852, 0.057373, 0.0522036],
  [25, 12, 0.047031, 0.0335524, 0.0325828],
  [6, 0, 0.03125, 0.015625, 0.0143059],
  [8, 8, 1, 0.90181, 1],
])('%d against %d', (...row) => {
  const [wins, losses, exact, midP, asymptotic] = row
  const result = mcnemar(wins, losses)
  expect(result.exact).toBeCloseTo(exact, 6)
  expect(result.midP).toBeCloseTo(midP, 6)
  expect(result.asymptotic).toBeCloseTo(asymptotic, 6)
  expect(mcnemar(losses, wins)).toEqual(result)
})

test('models that never disagree cannot be told apart', () => {
  expect(mcnemar(0, 0)).toEqual({ exact: 1, midP: 1, asymptotic: 1 })
})
