import { expect, test } from 'vitest'
import { countBins, freezeBins, psi } from './population-stability-index.ts'
import { occupiedBins, psiNullFloor } from './psi-null-floor.ts'
import { normalDraw, seededRandom } from './seeded-random.ts'

test('the chance level of PSI by simulation: about 5 % of batches without drift lie above the floor', () => {
  const random = seededRandom(20)
  const draw = (rows: number): Float64Array =>
    Float64Array.from({ length: rows }, () => normalDraw(random))
  for (const currentRows of [100, 500]) {
    let above = 0
    for (let trial = 0; trial < 1000; trial++) {
      const reference = draw(1000)
      const bins = freezeBins(reference)
      const score = psi(countBins(bins, reference), countBins(bins, draw(currentRows)))
      if (score > psiNullFloor({ referenceRows: 1000, currentRows, bins: 10 })) above++
    }
    expect(above / 1000).toBeGreaterThan(0.02)
    expect(above / 1000).toBeLessThan(0.08)
  }
})

test('28 rows in ten bins cannot show a PSI of 0.2: the floor says so', () => {
  expect(psiNullFloor({ referenceRows: 365, currentRows: 28, bins: 10 })).toBeGreaterThan(0.6)
})

test('without rows no score says anything; empty bins carry no freedom', () => {
  expect(psiNullFloor({ referenceRows: 365, currentRows: 0, bins: 10 })).toBe(Infinity)
  expect(occupiedBins([5, 0, 3, 0], [1, 0, 0, 2])).toBe(3)
})
