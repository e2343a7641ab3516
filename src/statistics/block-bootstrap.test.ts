import { expect, test } from 'vitest'
import { blockBootstrap } from './block-bootstrap.ts'
import { meanInterval } from './mean-interval.ts'
import { normalDraw, seededRandom } from './seeded-random.ts'

const random = seededRandom(4)
const values = Float64Array.from({ length: 300 }, () => normalDraw(random))
const meanOf = (rows: Int32Array): number =>
  rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length

test('of a mean it agrees with t, and is the same on each run', () => {
  const options = { rows: 300, confidence: 0.9, blockLength: 1 }
  const interval = blockBootstrap(meanOf, options)
  const t = meanInterval(values, { confidence: 0.9 })
  expect(interval.estimate).toBeCloseTo(t.mean, 12)
  expect(interval.lower).toBeCloseTo(t.lower, 1)
  expect(interval.upper).toBeCloseTo(t.upper, 1)
  expect(blockBootstrap(meanOf, options)).toEqual(interval)
  expect(blockBootstrap(meanOf, { ...options, seed: 2 })).not.toEqual(interval)
})

test('blocks keep what neighbours share: a slow wave has a wider interval', () => {
  const wave = (rows: Int32Array): number =>
    rows.reduce((sum, row) => sum + Math.sin(row / 20), 0) / rows.length
  const width = (blockLength: number): number => {
    const { lower, upper } = blockBootstrap(wave, { rows: 300, confidence: 0.9, blockLength })
    return upper - lower
  }
  expect(width(25)).toBeGreaterThan(2 * width(1))
})

test('a statistic that is mostly undefined, or a single row, has no interval', () => {
  const options = { rows: 20, confidence: 0.9 }
  expect(blockBootstrap(() => Number.NaN, options)).toMatchObject({ lower: -Infinity })
  expect(blockBootstrap(() => 1, { ...options, rows: 1 })).toMatchObject({
    estimate: 1,
    upper: Infinity,
  })
})
