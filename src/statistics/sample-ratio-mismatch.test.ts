import { expect, test } from 'vitest'
import { sampleRatioMismatch } from './sample-ratio-mismatch.ts'

// SciPy 1.17.1: chisquare([5150, 4850]), chisquare([120, 380], [100, 400])
test('agrees with SciPy', () => {
  expect(sampleRatioMismatch([5150, 4850], [0.5, 0.5]).p).toBeCloseTo(0.0026997960632601883, 12)
  expect(sampleRatioMismatch([120, 380], [1, 4]).p).toBeCloseTo(0.025347318677468325, 12)
})

test('rows in an arm that should have none are a mismatch; no rows are not', () => {
  expect(sampleRatioMismatch([10, 1], [1, 0]).p).toBe(0)
  expect(sampleRatioMismatch([0, 0], [1, 1]).p).toBe(1)
})
