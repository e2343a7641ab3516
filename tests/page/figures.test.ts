import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimate, number, percent, signedEstimate } from '../../web/src/format/numbers.ts'
import { duration, relative, stamp } from '../../web/src/format/times.ts'
import { binsFor, binTraffic, usualGap } from '../../web/src/pages/model/bins.ts'
import { moved, rangeOf } from '../../web/src/pages/model/range.ts'

const DAY = 86_400_000

describe('figures', () => {
  it('have the digits that their size or their interval carries', () => {
    expect([1234.5, 351.2, 12.34, 0.0417, -4.1].map(number)).toEqual([
      '1,235',
      '351',
      '12.3',
      '0.042',
      '−4.1',
    ])
    expect(estimate(351.2, { lo: 329, hi: 373 })).toBe('351 ± 22')
    expect(estimate(4.12, { lo: 1.2, hi: 9.9 })).toBe('4.1 (1.2 to 9.9)')
    expect(signedEstimate(1.98, { lo: -0.2, hi: 4.2 })).toBe('+2.0 (−0.2 to +4.2)')
    expect([0.25, 0.00728, 1].map(percent)).toEqual(['25 %', '0.73 %', '100 %'])
  })
})

describe('times', () => {
  const now = Date.parse('1988-12-31T06:00:00.000Z')

  it('are said as seen from the project, in the one unit that matters', () => {
    expect(relative('1988-12-19T06:00:00.000Z', now)).toBe('12 days ago')
    expect(relative('1988-12-31T10:00:00.000Z', now)).toBe('in 4 h')
    // A replay of 1988 in which somebody ran a stage today.
    expect(relative('2026-11-29T10:00:00.000Z', now)).toBe('29 Nov 2026')
    expect(stamp('1988-12-30T21:36:00.000Z', now)).toBe('yesterday 21:36')
    expect(stamp('1988-11-02T06:00:00.000Z', now)).toBe('2 Nov 1988')
    expect(duration(2 * 365.25 * DAY)).toBe('2.0 years')
  })
})

describe('what is shown of a history', () => {
  const extent = { from: 0, to: 1000 * DAY }

  it('never leaves it, and keeps its length when moved', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (share) => {
        const range = { from: 100 * DAY, to: 300 * DAY }
        const { from, to } = moved(range, extent, share)
        expect(from).toBeGreaterThanOrEqual(extent.from)
        expect(to).toBeLessThanOrEqual(extent.to)
        expect(to - from).toBeCloseTo(200 * DAY)
      }),
    )
    expect(rangeOf(extent, { from: '1970-02-01', to: '1970-03-01' })).toEqual({
      from: 31 * DAY,
      to: 59 * DAY,
    })
    expect(rangeOf(extent, { from: '2020-01-01', to: '2021-01-01' })).toEqual(extent)
  })

  it('puts windows together without losing a request', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 900 }), (counts) => {
        const points = counts.map((answered, i) => ({
          at: new Date((i + 1) * DAY).toISOString(),
          answered,
          failed: 0,
          labelled: 0,
        }))
        const bins = binsFor(extent, DAY, false)
        const total = binTraffic(points, bins, extent).reduce((sum, bin) => sum + bin.answered, 0)
        expect(total).toBe(counts.reduce((sum, n) => sum + n, 0))
      }),
    )
    expect(usualGap([0, 7, 14, 15, 22], 1)).toBe(7)
  })
})
