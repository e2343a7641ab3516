import { describe, expect, it } from 'vitest'
import { bandOf } from '../../web/src/pages/metrics/bands.ts'
import {
  extentOf,
  type Line,
  linesOf,
  stepsOf,
  within,
  zoomOf,
} from '../../web/src/pages/metrics/lines.ts'
import { lookOf, lookView } from '../../web/src/pages/metrics/look.ts'

const RUN = { id: 'a', name: 'a', place: 0 }
const series = (steps: readonly number[], at = steps.map((step) => 1000 + step * 10)) => ({
  series: [{ run_id: 'a', steps, at, values: steps }],
})
const line = (x: readonly number[], drawn: readonly (number | null)[] = x): Line => ({
  run: RUN,
  start: 0,
  x,
  steps: x,
  raw: drawn,
  drawn,
})

describe('the stretch of a chart that is looked at more closely', () => {
  const whole = line([0, 10, 20, 30, 40])

  it('keeps the points just outside, so that lines reach both edges', () => {
    expect(within(whole, { from: 12, to: 28 }).x).toEqual([10, 20, 30])
    expect(within(whole, { from: 10, to: 30 }).x).toEqual([10, 20, 30])
    expect(within(whole, { from: -5, to: 400 }).x).toEqual(whole.x)
  })

  it('asks for the steps of the lines that are in it, and of no others', () => {
    const elsewhere = line([1000, 1001])
    expect(stepsOf([whole, elsewhere], { from: 12, to: 28 })).toEqual([10, 30])
    expect(stepsOf([elsewhere], { from: 12, to: 28 })).toBeNull()
  })

  it('stays inside of what was logged, and is all of it when nothing is left', () => {
    const extent = extentOf([whole, line([50, 60])])
    expect(extent).toEqual({ from: 0, to: 60 })
    expect(zoomOf({ from: 30, to: null }, extent)).toEqual({ from: 30, to: 60 })
    expect(zoomOf({ from: null, to: null }, extent)).toBeNull()
    expect(zoomOf({ from: 90, to: 99 }, extent)).toBeNull()
    expect(extentOf([])).toBeNull()
  })

  it('counts time since the start of the whole, not of the part', () => {
    const look = { along: 'relative', smooth: 0, log: false } as const
    const [all] = linesOf(series([0, 1, 2, 3]), [RUN], look)
    const [part] = linesOf(series([2, 3]), [RUN], look, all === undefined ? [] : [all])
    expect(all?.x).toEqual([0, 10, 20, 30])
    expect(part?.x).toEqual([20, 30])
  })

  it('is kept by an address, where it makes sense', () => {
    expect(lookView({ along: 'time', from: 5, to: 9, smooth: 2, band: 'interval' })).toEqual({
      along: 'time',
      from: 5,
      to: 9,
      band: 'interval',
    })
    expect(lookView({ from: 9, to: 5 })).toEqual({})
    expect(lookView({ from: 'x', band: 'wide', along: 'step' })).toEqual({})
    expect(lookOf({})).toMatchObject({ along: 'step', from: null, to: null, band: 'range' })
  })
})

describe('the band of a group', () => {
  const lines = [line([0, 10], [0, 10]), line([0, 5, 10], [4, 4, 4]), line([5, 10], [1, 1])]

  it('has the mean, the least and the greatest of the runs that were there', () => {
    const band = bandOf(RUN, lines, 'range')
    expect(band.x).toEqual([0, 5, 10])
    expect(band.runs).toEqual([2, 3, 3])
    // The first run was not logged at 5: it passed there on its way from 0 to 10.
    expect(band.mean).toEqual([2, 10 / 3, 5])
    expect(band.low).toEqual([0, 1, 1])
    expect(band.high).toEqual([4, 5, 10])
  })

  it('has the interval of the mean, as SciPy has it', () => {
    // scipy.stats.t.interval(0.95, 2, loc=5, scale=scipy.stats.sem([10, 4, 1]))
    const band = bandOf(RUN, lines, 'interval')
    expect(band.low[2]).toBeCloseTo(-6.384, 2)
    expect(band.high[2]).toBeCloseTo(16.384, 2)
  })

  it('has none around a single run, and leaves out what is no number', () => {
    expect(bandOf(RUN, [line([0, 1], [3, null])], 'interval')).toMatchObject({
      x: [0],
      low: [3],
      high: [3],
    })
  })

  it('has at most 400 places, however many there are', () => {
    const long = line(Array.from({ length: 5000 }, (_, index) => index))
    const band = bandOf(RUN, [long], 'range')
    expect(band.x).toHaveLength(400)
    expect(band.mean.at(-1)).toBeCloseTo(4999)
  })
})
