import { expect, test } from 'vitest'
import {
  binomialCdf,
  chiSquareQuantile,
  chiSquareSurvival,
  logBeta,
  logGamma,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  tCdf,
  tQuantile,
} from './distributions.ts'

// SciPy 1.17.1: norm.cdf(1.5), norm.sf(6), norm.ppf(.975), t.sf(2.5, 7), t.ppf(.975, 5), binom.cdf(3, 10, .5)
test('normal, t and binomial agree with SciPy', () => {
  expect(normalCdf(1.5)).toBeCloseTo(0.9331927987311419, 14)
  expect(normalTwoSided(6) / (2 * 9.865876450376946e-10)).toBeCloseTo(1, 9)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
  expect(2 * tCdf(-2.5, 7)).toBeCloseTo(0.04099221858575289, 12)
  expect(tQuantile(0.975, 5)).toBeCloseTo(2.5705818356363146, 10)
  expect(binomialCdf(3, 10, 0.5)).toBeCloseTo(0.171875, 12)
})

// SciPy 1.17.1: chi2.sf(x, k) and chi2.ppf(p, k)
test.each([
  [3.84, 1, 0.05004352124870519],
  [2.5, 10, 0.9908757207816047],
  [30, 9, 0.00043872177097947936],
  [200, 5, 2.84062289854165e-41],
])('chi-square survival of %d with %d degrees, to ten digits far out too', (x, degrees, p) => {
  expect(chiSquareSurvival(x, degrees) / p).toBeCloseTo(1, 10)
})

test('chi-square quantiles agree with SciPy', () => {
  expect(chiSquareQuantile(0.95, 9)).toBeCloseTo(16.918977604620448, 9)
  expect(chiSquareQuantile(0.999, 3)).toBeCloseTo(16.26623619623813, 9)
  expect(chiSquareQuantile(0.95, 0)).toBe(0)
})

// SciPy 1.17.1: gammaln(x), betaln(2.5, 40)
test.each([
  [0.5, 0.5723649429247],
  [1, 0],
  [3, 0.6931471805599453],
  [10.5, 13.940625219403763],
  [1000, 5905.220423209181],
])('ln Gamma(%d)', (x, value) => expect(logGamma(x)).toBeCloseTo(value, 9))

test('ln Beta', () => expect(logBeta(2.5, 40)).toBeCloseTo(-8.983627339298152, 10))
