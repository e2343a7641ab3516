import type { MetricHistory } from '../../../../src/edges/http/contract.ts'
import type { ChartOption } from '../../charts/echarts.ts'
import { nearest } from '../../charts/nearest.ts'
import { type Palette, seriesLook } from '../../charts/palette.ts'
import { smoothed } from '../../charts/smoothing.ts'
import { tooltipOf } from '../../charts/tooltip.ts'
import { count } from '../../format/numbers.ts'
import { duration, exact } from '../../format/times.ts'
import { metricText } from '../runs/columns.ts'
import type { Along } from '../runs/view.ts'

export interface LinesLook {
  readonly along: Along
  readonly smooth: number
  readonly log: boolean
}

/** A run and its place among those drawn, which its colour comes from. */
export interface DrawnRun {
  readonly id: string
  readonly name: string
  readonly place: number
}

/** One line: x in steps or milliseconds, the raw values and what is drawn of them. */
export interface Line {
  readonly run: DrawnRun
  readonly x: readonly number[]
  readonly raw: readonly (number | null)[]
  readonly drawn: readonly (number | null)[]
}

/** Points as lines along the chosen axis; a logarithm has no place for what is not above 0. */
export function linesOf(
  { series }: MetricHistory,
  runs: readonly DrawnRun[],
  { along, smooth, log }: LinesLook,
): readonly Line[] {
  return runs.flatMap((run) => {
    const found = series.find(({ run_id }) => run_id === run.id)
    if (found === undefined || found.steps.length === 0) return []
    const points = found.steps.map((step, index) => ({
      x: along === 'step' ? step : (found.at[index] ?? 0),
      value: found.values[index] ?? null,
    }))
    const ordered = points.toSorted((a, b) => a.x - b.x)
    const start = along === 'relative' ? (ordered[0]?.x ?? 0) : 0
    const raw = ordered.map(({ value }) => (log && value !== null && value <= 0 ? null : value))
    return [{ run, x: ordered.map(({ x }) => x - start), raw, drawn: smoothed(raw, smooth) }]
  })
}

export function linesOption(
  lines: readonly Line[],
  look: LinesLook,
  palette: Palette,
): ChartOption {
  const label = { color: palette.muted, fontSize: 11.5, fontFamily: palette.font }
  const x = xAxis(look.along)
  return {
    animation: false,
    grid: {
      left: 8,
      right: 16,
      top: 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipOf(palette, (at) => tooltipLines(lines, at, look.along)),
    },
    dataZoom: [
      { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, filterMode: 'none' },
    ],
    xAxis: {
      ...x,
      axisLabel: { ...label, hideOverlap: true, ...x.axisLabel },
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: look.log ? 'log' : 'value',
      scale: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...label, formatter: (value: number) => metricText(value) },
      splitLine: { lineStyle: { color: palette.lineInner } },
    },
    series: [...faint(lines, look, palette), ...lines.map((line) => drawn(line, palette))],
  }
}

function xAxis(along: Along) {
  switch (along) {
    case 'step':
      return {
        type: 'value' as const,
        min: 'dataMin' as const,
        max: 'dataMax' as const,
        minInterval: 1,
        axisLabel: { formatter: (value: number) => count(value) },
      }
    case 'time':
      return { type: 'time' as const, axisLabel: {} }
    case 'relative':
      return {
        type: 'value' as const,
        min: 'dataMin' as const,
        max: 'dataMax' as const,
        axisLabel: { formatter: (value: number) => span(value) },
      }
  }
}

function span(ms: number): string {
  return ms < 60_000 ? `${Number((ms / 1000).toPrecision(3))} s` : duration(ms)
}

function drawn({ run, x, drawn: values }: Line, palette: Palette) {
  const { colour, dash } = seriesLook(palette, run.place)
  return {
    type: 'line' as const,
    // A single point is no line, but it is there to be seen.
    showSymbol: x.length === 1,
    symbolSize: 7,
    data: x.map((at, index) => [at, values[index] ?? null]),
    lineStyle: { color: colour, width: 1.6, type: dash },
    itemStyle: { color: colour },
    emphasis: { disabled: true },
  }
}

/** What was logged, behind what it was smoothed to. */
function faint(lines: readonly Line[], { smooth }: LinesLook, palette: Palette) {
  if (smooth <= 0) return []
  return lines.map(({ run, x, raw }) => ({
    type: 'line' as const,
    showSymbol: false,
    silent: true,
    data: x.map((at, index) => [at, raw[index] ?? null]),
    lineStyle: { color: seriesLook(palette, run.place).colour, width: 1, opacity: 0.25 },
    emphasis: { disabled: true },
  }))
}

const MOST_TOLD = 14

function tooltipLines(lines: readonly Line[], at: number, along: Along): readonly string[] {
  const title =
    along === 'step' ? `step ${count(at)}` : along === 'time' ? exact(Math.round(at)) : span(at)
  const told = lines.slice(0, MOST_TOLD).map((line) => {
    const index = nearest(line.x, at)
    const value = line.raw[index]
    return `${line.run.name}: ${value === null || value === undefined ? 'NaN' : metricText(value)}`
  })
  const more = lines.length > MOST_TOLD ? [`and ${lines.length - MOST_TOLD} more`] : []
  return [title, ...told, ...more]
}
