import type { CustomSeriesOption } from './echarts.ts'

/** `[x, lo, hi]`. */
type Bounds = readonly [number, number, number]

/** An interval along a line, as one polygon. Axis bounds must be set: it does not take part in their choice. */
export function bandSeries(
  bounds: readonly (readonly number[])[],
  colour: string,
  axisIndex = 0,
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    data: bounds.length === 0 ? [] : [[bounds[0]?.[0] ?? 0, bounds[0]?.[1] ?? 0]],
    renderItem: (_params, api) => {
      const upper = bounds.map((b) => api.coord([(b as Bounds)[0], (b as Bounds)[2]]))
      const lower = bounds.map((b) => api.coord([(b as Bounds)[0], (b as Bounds)[1]]))
      return {
        type: 'polygon',
        shape: { points: [...upper, ...lower.reverse()] },
        style: { fill: colour, opacity: 0.14 },
      }
    },
  }
}
