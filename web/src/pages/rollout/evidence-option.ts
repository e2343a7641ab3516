import type { RolloutEvidence } from '../../../../src/edges/http/contract.ts'
import { bandSeries } from '../../charts/band.ts'
import type { ChartOption } from '../../charts/echarts.ts'
import type { Palette } from '../../charts/palette.ts'
import { tooltipOf } from '../../charts/tooltip.ts'
import { count, signed, signedEstimate } from '../../format/numbers.ts'

/** The widest intervals, of the first looks, would flatten the rest: the axis follows the later ones. */
const WIDEST = 4

export function evidenceOption(evidence: RolloutEvidence, palette: Palette): ChartOption {
  const { points, boundary, metric } = evidence
  const range = rangeOf(evidence)
  const last = points.at(-1)
  const reach = Math.max(2, Math.ceil((last?.n ?? 1) * 1.12))
  const level = (value: number, color: string, dash: number[]) => ({
    type: 'line' as const,
    silent: true,
    symbol: 'none',
    data: [
      [0, value],
      [reach, value],
    ],
    lineStyle: { color, width: 1, type: dash },
  })
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    grid: { left: 64, right: 16, top: 12, bottom: 42 },
    xAxis: {
      type: 'value',
      min: 0,
      max: reach,
      minInterval: 1,
      name: `${evidence.counted_in} →`,
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: { color: palette.muted },
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.muted,
        showMaxLabel: false,
        formatter: (value: number) => count(value),
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: range.lo,
      max: range.hi,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.muted,
        formatter: (value: number) => `${signed(value)} ${metric.unit}`,
        showMinLabel: false,
        showMaxLabel: false,
      },
      splitLine: { lineStyle: { color: palette.lineInner } },
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipOf(palette, (x) => {
        const point = points.findLast(({ n }) => n <= x) ?? points[0]
        if (point === undefined) return []
        return [
          `${count(point.n)} ${evidence.counted_in}`,
          `${signedEstimate(point.estimate, point)} ${metric.unit}`,
        ]
      }),
    },
    series: [
      bandSeries(
        points.map(({ n, lo, hi }) => [n, lo, hi]),
        palette.accent,
      ),
      level(0, palette.muted, []),
      ...(boundary === null || boundary === 0 ? [] : [level(boundary, palette.bad, [3, 3])]),
      {
        type: 'line',
        data: points.map(({ n, estimate }) => [n, estimate]),
        symbol: 'circle',
        symbolSize: points.length > 60 ? 0 : 5,
        itemStyle: { color: palette.accent },
        lineStyle: { color: palette.accent, width: 1.8 },
      },
    ],
  }
}

function rangeOf({ points, boundary }: RolloutEvidence): { lo: number; hi: number } {
  const last = points.at(-1)
  if (last === undefined) return { lo: -1, hi: 1 }
  const now = Math.max(Math.abs(last.lo), Math.abs(last.hi), Math.abs(boundary ?? 0))
  const shown = points
    .flatMap(({ lo, hi }) => [lo, hi])
    .map((end) => Math.min(WIDEST * now, Math.max(-WIDEST * now, end)))
  const ends = [...shown, 0, boundary ?? 0]
  const lo = Math.min(...ends)
  const hi = Math.max(...ends)
  const margin = 0.08 * (hi - lo) || 1
  return { lo: lo - margin, hi: hi + margin }
}
