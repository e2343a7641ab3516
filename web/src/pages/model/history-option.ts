import type { Timeline } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'
import { bandSeries } from '../../charts/band.ts'
import type { ChartOption } from '../../charts/echarts.ts'
import type { Palette } from '../../charts/palette.ts'
import { tooltipOf } from '../../charts/tooltip.ts'
import { count } from '../../format/numbers.ts'
import { driftSeries, eventSeries, trafficSeries, versionSeries } from './history-series.ts'
import { linesAt } from './history-tooltip.ts'
import { LEFT, RIGHT, type Lane, type Lanes } from './lanes.ts'

export interface History {
  readonly timeline: Timeline
  readonly lanes: Lanes
  readonly range: Range
  readonly palette: Palette
  /** On a telephone: fewer bins, thinner lines, no words among the events. */
  readonly narrow: boolean
}

/** The whole picture: five lanes, one time axis. */
export function historyOption(history: History): ChartOption {
  const { timeline, lanes, range, palette } = history
  const stacked: readonly Lane[] = [
    lanes.quality,
    lanes.drift,
    lanes.versions,
    lanes.events,
    lanes.traffic,
  ]
  const last = stacked.length - 1
  return {
    animation: false,
    textStyle: { fontFamily: palette.font },
    axisPointer: { link: [{ xAxisIndex: 'all' }], label: { show: false } },
    tooltip: { trigger: 'axis', ...tooltipOf(palette, linesAt(timeline, range)) },
    grid: stacked.map(({ top, height }) => ({ left: LEFT, right: RIGHT, top, height })),
    xAxis: stacked.map((_, index) => ({
      type: 'time' as const,
      gridIndex: index,
      min: range.from,
      max: range.to,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        show: index === last,
        color: palette.muted,
        hideOverlap: true,
        margin: 10,
      },
      axisPointer: {
        show: true,
        type: 'line' as const,
        lineStyle: { color: palette.faint, type: 'dashed' as const },
      },
    })),
    yAxis: [
      qualityAxis(history),
      rowAxis(1, lanes.features, palette),
      rowAxis(2, ['answering'], palette),
      rowAxis(3, lanes.eventRows, palette),
      trafficAxis(palette),
    ],
    series: [
      ...qualitySeries(history),
      driftSeries(history, 1),
      versionSeries(history, 2),
      ...eventSeries(history, 3),
      ...trafficSeries(history, 4),
    ],
  }
}

function qualityAxis({ timeline, range, palette }: History) {
  const inside = ({ at }: { at: string }) => {
    const time = Date.parse(at)
    return time >= range.from && time <= range.to
  }
  const shown = [
    ...timeline.quality.filter(inside).flatMap(({ value, hi, lo }) => [
      // The interval of a window of few rows would flatten all others.
      Math.min(hi, value * 2),
      Math.max(lo, value / 2),
      value,
    ]),
    ...(timeline.baseline?.points.filter(inside).map(({ value }) => value) ?? []),
    ...(timeline.guard === null ? [] : [timeline.guard]),
  ]
  const top = shown.length === 0 ? 1 : Math.max(...shown)
  const bottom = shown.length === 0 ? 0 : Math.min(...shown)
  const fromZero = bottom > 0 && bottom < 0.7 * top
  const step = niceStep((fromZero ? top : top - bottom) / 4)
  return {
    type: 'value' as const,
    gridIndex: 0,
    min: fromZero ? 0 : Math.floor(bottom / step) * step,
    max: Math.ceil(top / step) * step,
    interval: step,
    axisLabel: { color: palette.muted, formatter: axisNumber },
    splitLine: { lineStyle: { color: palette.lineInner } },
  }
}

/** 1, 2 or 5 times a power of ten: as people count. */
function niceStep(size: number): number {
  if (!(size > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(size))
  return ([1, 2, 5].find((n) => n * power >= size) ?? 10) * power
}

function axisNumber(value: number): string {
  return Math.abs(value) >= 10 ? count(value) : String(Number(value.toPrecision(3)))
}

function rowAxis(gridIndex: number, rows: readonly string[], palette: Palette) {
  return {
    type: 'category' as const,
    gridIndex,
    data: [...rows],
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      color: palette.muted,
      interval: 0,
      fontSize: 12,
      width: LEFT - 14,
      overflow: 'truncate' as const,
    },
  }
}

function trafficAxis(palette: Palette) {
  return {
    type: 'value' as const,
    gridIndex: 4,
    splitNumber: 1,
    axisLabel: { color: palette.muted, fontSize: 11, showMinLabel: false, formatter: axisNumber },
    splitLine: { show: false },
  }
}

function qualitySeries({
  timeline,
  range,
  palette,
  narrow,
}: History): NonNullable<ChartOption['series']> & object[] {
  const line = (data: (readonly [number, number])[], color: string, width: number) => ({
    type: 'line' as const,
    data: data.map(([at, value]) => [at, value]),
    showSymbol: data.length === 1,
    silent: true,
    itemStyle: { color },
    lineStyle: { color, width },
  })
  const at = (point: { at: string; value: number }) => [Date.parse(point.at), point.value] as const
  const guard = timeline.guard
  return [
    ...(timeline.baseline === null
      ? []
      : [line(timeline.baseline.points.map(at), palette.faint, 1.2)]),
    bandSeries(
      timeline.quality.map(({ at: end, lo, hi }) => [Date.parse(end), lo, hi]),
      palette.accent,
    ),
    ...(guard === null
      ? []
      : [
          {
            ...line(
              [
                [range.from, guard],
                [range.to, guard],
              ],
              palette.bad,
              1,
            ),
            lineStyle: { color: palette.bad, width: 1, type: [3, 3] },
            tooltip: { show: false },
          },
        ]),
    line(timeline.quality.map(at), palette.accent, narrow ? 1.1 : 1.7),
  ]
}
