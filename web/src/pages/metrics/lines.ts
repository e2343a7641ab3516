import type { MetricHistory } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'
import { smoothed } from '../../charts/smoothing.ts'
import type { LinesLook } from './look.ts'

/** A run, or a group of them, and its place among those drawn, which its colour comes from. */
export interface Drawn {
  readonly id: string
  readonly name: string
  readonly place: number
}

/** One line: x in steps or milliseconds, ascending; the steps, the raw values and what is drawn of them. */
export interface Line {
  readonly run: Drawn
  /** The time its x is counted from; 0 where x is not a time since its start. */
  readonly start: number
  readonly x: readonly number[]
  readonly steps: readonly number[]
  readonly raw: readonly (number | null)[]
  readonly drawn: readonly (number | null)[]
}

/**
 * Points as lines along the chosen axis; a logarithm has no place for what is not above 0. Of a part of a history the
 * start is not known: `whole` has the lines that it is a part of.
 */
export function linesOf(
  { series }: Pick<MetricHistory, 'series'>,
  runs: readonly Drawn[],
  { along, smooth, log }: Pick<LinesLook, 'along' | 'smooth' | 'log'>,
  whole: readonly Line[] = [],
): readonly Line[] {
  return runs.flatMap((run) => {
    const found = series.find(({ run_id }) => run_id === run.id)
    if (found === undefined || found.steps.length === 0) return []
    const points = found.steps.map((step, index) => ({
      step,
      x: along === 'step' ? step : (found.at[index] ?? 0),
      value: found.values[index] ?? null,
    }))
    const ordered = points.toSorted((a, b) => a.x - b.x)
    const known = whole.find((line) => line.run.id === run.id)?.start
    const start = along === 'relative' ? (known ?? ordered[0]?.x ?? 0) : 0
    const raw = ordered.map(({ value }) => (log && value !== null && value <= 0 ? null : value))
    return [
      {
        run,
        start,
        x: ordered.map(({ x }) => x - start),
        steps: ordered.map(({ step }) => step),
        raw,
        drawn: smoothed(raw, smooth),
      },
    ]
  })
}

/** From the first point of all lines to the last; `null` where there is none. */
export function extentOf(lines: readonly Pick<Line, 'x'>[]): Range | null {
  const from = Math.min(...lines.map(({ x }) => x[0] ?? Infinity))
  const to = Math.max(...lines.map(({ x }) => x.at(-1) ?? -Infinity))
  return from <= to ? { from, to } : null
}

/** The stretch of the look, inside of what there is; `null` where all of it is in sight. */
export function zoomOf(
  { from, to }: Pick<LinesLook, 'from' | 'to'>,
  extent: Range | null,
): Range | null {
  if (extent === null || (from === null && to === null)) return null
  const zoom = {
    from: Math.max(extent.from, from ?? extent.from),
    to: Math.min(extent.to, to ?? extent.to),
  }
  return zoom.from < zoom.to ? zoom : null
}

/** The part of a line that is in sight, with the points just outside, so that it reaches both edges. */
export function within(line: Line, { from, to }: Range): Line {
  const first = Math.max(
    0,
    line.x.findLastIndex((x) => x <= from),
  )
  const after = line.x.findIndex((x) => x >= to)
  const end = after < 0 ? line.x.length : after + 1
  const { x, steps, raw, drawn } = line
  return {
    ...line,
    x: x.slice(first, end),
    steps: steps.slice(first, end),
    raw: raw.slice(first, end),
    drawn: drawn.slice(first, end),
  }
}

/** Which steps to ask for, to have in full what of the lines is in sight; both ends inclusive. */
export function stepsOf(
  lines: readonly Line[],
  zoom: Range,
): readonly [from: number, to: number] | null {
  const steps = lines
    .filter(({ x }) => (x[0] ?? Infinity) <= zoom.to && (x.at(-1) ?? -Infinity) >= zoom.from)
    .flatMap((line) => within(line, zoom).steps)
  return steps.length === 0 ? null : [Math.min(...steps), Math.max(...steps)]
}
