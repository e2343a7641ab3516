import type { ChartOption } from '../../charts/echarts.ts'
import { nearest } from '../../charts/nearest.ts'
import { type Palette, seriesLook } from '../../charts/palette.ts'
import type { Range } from '../../charts/range.ts'
import { metricText } from '../runs/columns.ts'
import { frameOf, placeText } from './axes.ts'
import type { Line } from './lines.ts'
import type { LinesLook } from './look.ts'

export function linesOption(
  lines: readonly Line[],
  { look, zoom }: { readonly look: LinesLook; readonly zoom: Range | null },
  palette: Palette,
): ChartOption {
  return {
    ...frameOf({ look, zoom, palette, tooltip: (at) => tooltipLines(lines, at, look) }),
    series: [...faint(lines, look, palette), ...lines.map((line) => drawn(line, palette))],
  }
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

function tooltipLines(lines: readonly Line[], at: number, { along }: LinesLook): readonly string[] {
  const told = lines.slice(0, MOST_TOLD).map((line) => {
    const value = line.raw[nearest(line.x, at)]
    return `${line.run.name}: ${value === null || value === undefined ? 'NaN' : metricText(value)}`
  })
  const more = lines.length > MOST_TOLD ? [`and ${lines.length - MOST_TOLD} more`] : []
  return [placeText(at, along), ...told, ...more]
}
