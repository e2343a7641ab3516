import { bandSeries } from '../../charts/band.ts'
import type { ChartOption } from '../../charts/echarts.ts'
import { nearest } from '../../charts/nearest.ts'
import { type Palette, seriesLook } from '../../charts/palette.ts'
import type { Range } from '../../charts/range.ts'
import { plural } from '../../format/numbers.ts'
import { metricText } from '../runs/columns.ts'
import { frameOf, placeText } from './axes.ts'
import type { Band } from './bands.ts'
import type { LinesLook } from './look.ts'

export function bandsOption(
  bands: readonly Band[],
  { look, zoom }: { readonly look: LinesLook; readonly zoom: Range | null },
  palette: Palette,
): ChartOption {
  const y = heightOf(bands, look.log)
  const floor = look.log ? (y?.from ?? 0) : -Infinity
  const spread = look.band === 'none' ? [] : bands
  return {
    ...frameOf({ look, zoom, y, palette, tooltip: (at) => tooltipLines(bands, at, look) }),
    series: [
      ...spread.map(({ group, x, low, high }) => {
        const bounds = x.map((at, index) => [
          at,
          Math.max(floor, low[index] ?? 0),
          Math.max(floor, high[index] ?? 0),
        ])
        return bandSeries(bounds, seriesLook(palette, group.place).colour)
      }),
      ...bands.map((band) => meanLine(band, palette)),
    ],
  }
}

/** The band takes no part in the choice of the axis, so that is made here, with a little room. */
function heightOf(bands: readonly Band[], log: boolean): Range | null {
  const values = bands.flatMap(({ low, mean, high }) => [...low, ...mean, ...high])
  const shown = values.filter((value) => Number.isFinite(value) && (!log || value > 0))
  const [least, greatest] = [Math.min(...shown), Math.max(...shown)]
  if (!(least <= greatest)) return null
  if (log) return { from: least * 0.9, to: greatest * 1.1 }
  const room = (greatest - least || Math.abs(greatest) || 1) * 0.05
  return { from: least - room, to: greatest + room }
}

function meanLine({ group, x, mean }: Band, palette: Palette) {
  const { colour, dash } = seriesLook(palette, group.place)
  return {
    type: 'line' as const,
    showSymbol: x.length === 1,
    symbolSize: 7,
    data: x.map((at, index) => [at, mean[index] ?? null]),
    lineStyle: { color: colour, width: 1.8, type: dash },
    itemStyle: { color: colour },
    emphasis: { disabled: true },
  }
}

function tooltipLines(bands: readonly Band[], at: number, look: LinesLook): readonly string[] {
  return [placeText(at, look.along), ...bands.map((band) => bandText(band, at, look.band))]
}

/** `vit: 0.82 (0.79 to 0.85), 20 runs`. */
export function bandText(band: Band, at: number, kind: LinesLook['band']): string {
  const index = nearest(band.x, at)
  const [mean = 0, low = 0, high = 0, n = 0] = [
    band.mean[index],
    band.low[index],
    band.high[index],
    band.runs[index],
  ]
  const bounds = kind === 'none' || n < 2 ? '' : ` (${metricText(low)} to ${metricText(high)})`
  return `${band.group.name}: ${metricText(mean)}${bounds}, ${plural(n, 'run')}`
}
