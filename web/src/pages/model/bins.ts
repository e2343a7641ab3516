import type { DriftCell, TrafficPoint } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'

/** A cell narrower than about 4 pixels cannot be read: neighbours are put together. */
const MOST_BINS = { wide: 230, narrow: 56 }

/** Windows end at `at`; a bin is as many of them as fit. */
export interface Bins {
  readonly origin: number
  readonly ms: number
}

/** Bins of whole windows that keep a range readable. */
export function binsFor(range: Range, windowMs: number, narrow: boolean): Bins {
  const most = narrow ? MOST_BINS.narrow : MOST_BINS.wide
  const windows = Math.max(1, Math.ceil((range.to - range.from) / most / windowMs))
  return { origin: range.from, ms: windows * windowMs }
}

export interface DriftBin {
  readonly feature: string
  readonly from: number
  /** The worst of its windows: score over what chance alone reaches. Above 1 it moved. */
  readonly ratio: number
}

export function binDrift(cells: readonly DriftCell[], bins: Bins, range: Range): DriftBin[] {
  const worst = new Map<string, DriftBin>()
  for (const { feature, at, score, floor } of cells) {
    const time = Date.parse(at)
    if (time <= range.from || time > range.to) continue
    const from = binOf(time, bins)
    const ratio = floor > 0 ? score / floor : 0
    const key = `${from} ${feature}`
    const known = worst.get(key)
    if (known === undefined || known.ratio < ratio) worst.set(key, { feature, from, ratio })
  }
  return [...worst.values()]
}

export interface TrafficBin {
  readonly from: number
  readonly answered: number
  readonly failed: number
}

export function binTraffic(
  points: readonly TrafficPoint[],
  bins: Bins,
  range: Range,
): TrafficBin[] {
  const sums = new Map<number, TrafficBin>()
  for (const { at, answered, failed } of points) {
    const time = Date.parse(at)
    if (time <= range.from || time > range.to) continue
    const from = binOf(time, bins)
    const before = sums.get(from) ?? { from, answered: 0, failed: 0 }
    sums.set(from, {
      from,
      answered: before.answered + answered,
      failed: before.failed + failed,
    })
  }
  return [...sums.values()]
}

/** The time between windows: the usual gap, not their length, for windows overlap. */
export function usualGap(times: readonly number[], otherwise: number): number {
  const sorted = [...new Set(times)].toSorted((a, b) => a - b)
  const gaps = sorted.slice(1).map((time, i) => time - (sorted[i] ?? 0))
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? otherwise
}

/** A window belongs to the bin that it ends in, its end included. */
function binOf(time: number, { origin, ms }: Bins): number {
  return origin + (Math.ceil((time - origin) / ms) - 1) * ms
}
