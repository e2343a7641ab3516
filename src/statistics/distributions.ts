import { createRequire } from 'node:module'

// The one place that knows which library the special functions come from.

const require = createRequire(import.meta.url)

type Distribution = (...numbers: readonly number[]) => number

/** Loaded by its first call: with all that it is made of it is some hundred small files, and most processes test nothing. */
function onFirstCall(load: () => Distribution): Distribution {
  let loaded: Distribution | undefined
  return (...numbers) => (loaded ??= load())(...numbers)
}

const binomial = onFirstCall(() => require('@stdlib/stats-base-dists-binomial-cdf') as Distribution)
const chiSquare = onFirstCall(
  () => require('@stdlib/stats-base-dists-chisquare-cdf') as Distribution,
)
const normal = onFirstCall(() => require('@stdlib/stats-base-dists-normal-cdf') as Distribution)
const normalInverse = onFirstCall(
  () => require('@stdlib/stats-base-dists-normal-quantile') as Distribution,
)
const student = onFirstCall(() => require('@stdlib/stats-base-dists-t-cdf') as Distribution)
const studentInverse = onFirstCall(
  () => require('@stdlib/stats-base-dists-t-quantile') as Distribution,
)

/** P(Z <= z), standard normal. */
export const normalCdf = (z: number): number => normal(z, 0, 1)

/** The z with P(Z <= z) = probability. */
export const normalQuantile = (probability: number): number => normalInverse(probability, 0, 1)

/** P(T <= x), Student's t. */
export const tCdf = (x: number, degrees: number): number => student(x, degrees)

/** The x with P(T <= x) = probability, Student's t. */
export const tQuantile = (probability: number, degrees: number): number =>
  studentInverse(probability, degrees)

/** P(X <= k), binomial. */
export const binomialCdf = (k: number, trials: number, p: number): number => binomial(k, trials, p)

/** P(Z > |z|) twice: the two-sided p-value, exact far out in the tail. */
export const normalTwoSided = (z: number): number => 2 * normalCdf(-Math.abs(z))

/** P(X > x), chi-square; keeps its relative precision for tiny values. */
export function chiSquareSurvival(x: number, degrees: number): number {
  if (degrees <= 0 || x <= 0) return 1
  return x < degrees + 10 ? 1 - chiSquare(x, degrees) : upperGammaFraction(degrees / 2, x / 2)
}

/** The x with P(X <= x) = probability, chi-square, by bisection. */
export function chiSquareQuantile(probability: number, degrees: number): number {
  if (degrees <= 0 || probability <= 0) return 0
  let low = 0
  let high = degrees + 10
  while (1 - chiSquareSurvival(high, degrees) < probability) high *= 2
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2
    if (1 - chiSquareSurvival(middle, degrees) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** ln Gamma(x) for x > 0, to about 1e-13 (Lanczos, g = 7, 9 terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const base = shifted + 7.5
  const series = LANCZOS.reduce(
    (sum, weight, index) => sum + weight / (shifted + index + 1),
    0.9999999999998099,
  )
  return Math.log(Math.sqrt(2 * Math.PI) * series) + (shifted + 0.5) * Math.log(base) - base
}

/** ln Beta(a, b). */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

// Q(a, x) by Lentz's continued fraction (Numerical Recipes 6.2.7): no cancellation for large x.
function upperGammaFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let fraction = d
  for (let index = 1; index < 1000; index++) {
    const numerator = -index * (index - a)
    b += 2
    d = 1 / (numerator * d + b)
    c = b + numerator / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return Math.exp(-x + a * Math.log(x) - logGamma(a)) * fraction
}
