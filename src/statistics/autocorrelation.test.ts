import { expect, test } from 'vitest'
import { dependence, dependentQuantile } from './autocorrelation.ts'
import { moments } from './moments.ts'
import { normalDraw, seededRandom } from './seeded-random.ts'

/** A stationary first-order autoregression around zero. */
function series(rows: number, correlation: number, random: () => number): Float64Array {
  let value = normalDraw(random)
  return Float64Array.from({ length: rows }, () => {
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * normalDraw(random)
    return value
  })
}

test.each([0, 0.3, 0.6])(
  '28 rows with correlation %d: a 90 %% bound is wrong about 10 %% of the time',
  (r) => {
    const random = seededRandom(28)
    let wrong = 0
    for (let trial = 0; trial < 3000; trial++) {
      const values = series(28, r, random)
      const repeat = dependence(values)
      const { mean, variance } = moments(values)
      const reach =
        dependentQuantile(0.9, 28, repeat) * Math.sqrt((variance * repeat.inflation) / 28)
      if (mean > reach) wrong++
    }
    expect(wrong / 3000).toBeGreaterThan(0.07)
    expect(wrong / 3000).toBeLessThan(0.125)
  },
)

test('rows that alternate are worth no more than independent ones; constants are not dependent', () => {
  expect(dependence([1, -1, 1, -1, 1, -1, 1, -1])).toEqual({ inflation: 1, correlation: 0 })
  expect(dependence([2, 2, 2, 2, 2])).toEqual({ inflation: 1, correlation: 0 })
})
