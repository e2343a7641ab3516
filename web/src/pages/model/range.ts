import type { Timeline } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'

const DAY_MS = 86_400_000

export function extentOf({ extent }: Timeline): Range {
  const from = Date.parse(extent.from)
  return { from, to: Math.max(from + DAY_MS, Date.parse(extent.to)) }
}

/** What the URL asks for, inside of what there is; all of it when it asks for nothing. */
export function rangeOf(extent: Range, search: { from?: string; to?: string }): Range {
  if (search.from === undefined || search.to === undefined) return extent
  const from = Math.max(extent.from, Date.parse(search.from))
  const to = Math.min(extent.to, Date.parse(search.to))
  return to - from < DAY_MS ? extent : { from, to }
}

/** The newest stretch of a length. */
export function newest(extent: Range, days: number): Range {
  return { from: Math.max(extent.from, extent.to - days * DAY_MS), to: extent.to }
}

/** Moved by a share of its length, without leaving the history. */
export function moved(range: Range, extent: Range, share: number): Range {
  const length = range.to - range.from
  const from = Math.min(Math.max(extent.from, range.from + share * length), extent.to - length)
  return { from, to: from + length }
}

export function isWhole(range: Range, extent: Range): boolean {
  return range.from <= extent.from && range.to >= extent.to
}
