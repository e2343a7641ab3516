import { expect, test } from 'vitest'
import { confidenceSequence, sequenceHalfWidth } from './asymptotic-confidence-sequence.ts'
import { normalDraw, seededRandom } from './seeded-random.ts'

const OPTIONS = { alpha: 0.05, tunedFor: 2000 }

// Golden ratios of the width to a fixed-size interval: SciPy 1.17.1, arXiv 2103.06476 with N* = 2,000.
test.each([
  [100, 2.41],
  [1000, 1.57],
  [2000, 1.55],
  [10_000, 1.61],
])('after %d rows it is %d times as wide as a fixed interval', (rows, ratio) => {
  const fixed = 1.959964 / Math.sqrt(rows)
  expect(sequenceHalfWidth(rows, 1, OPTIONS) / fixed).toBeCloseTo(ratio, 2)
})

test('watched on every row from 30 to 1,000, it leaves out the truth far below 5 % of the time', () => {
  const random = seededRandom(11)
  let missed = 0
  for (let trial = 0; trial < 300; trial++) {
    const points = confidenceSequence(
      Float64Array.from({ length: 1000 }, () => normalDraw(random)),
      OPTIONS,
    )
    if (points.slice(30).some(({ lower, upper }) => lower > 0 || upper < 0)) missed++
  }
  expect(missed / 300).toBeLessThan(0.05)
})

test('the first row says nothing', () => {
  expect(confidenceSequence([3, 4], OPTIONS)[0]).toMatchObject({ mean: 3, lower: -Infinity })
})
