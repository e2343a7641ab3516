import type { ChartOption } from '../../charts/echarts.ts'
import type { Palette } from '../../charts/palette.ts'
import type { Range } from '../../charts/range.ts'
import { tooltipOf, type TooltipLines } from '../../charts/tooltip.ts'
import { count } from '../../format/numbers.ts'
import { duration, exact } from '../../format/times.ts'
import type { LinesLook } from './look.ts'

/** Pixels of the picture left and right of the x axis: the same in all charts, so that they line up. */
export const LEFT = 54
export const RIGHT = 16

interface Frame {
  readonly look: Pick<LinesLook, 'along' | 'log'>
  /** Of the x axis; `null` for all that is drawn. */
  readonly zoom: Range | null
  /** Of the y axis, where the series do not say it themselves. */
  readonly y?: Range | null
  readonly palette: Palette
  readonly tooltip: TooltipLines
}

/** Everything of a chart of lines but the lines. */
export function frameOf({ look, zoom, y = null, palette, tooltip }: Frame): ChartOption {
  const label = { color: palette.muted, fontSize: 11.5, fontFamily: palette.font }
  const x = xAxis(look.along)
  return {
    animation: false,
    grid: { left: LEFT, right: RIGHT, top: 12, bottom: 26, outerBoundsMode: 'none' },
    tooltip: { trigger: 'axis', ...tooltipOf(palette, tooltip) },
    xAxis: {
      ...x,
      min: zoom?.from ?? 'dataMin',
      max: zoom?.to ?? 'dataMax',
      axisLabel: { ...label, hideOverlap: true, ...x.axisLabel },
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: look.log ? 'log' : 'value',
      scale: true,
      ...(y === null ? {} : { min: y.from, max: y.to }),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...label, formatter: tick, showMinLabel: y === null, showMaxLabel: y === null },
      splitLine: {
        lineStyle: { color: palette.lineInner },
        showMinLine: y === null,
        showMaxLine: y === null,
      },
    },
  }
}

function xAxis(along: LinesLook['along']) {
  switch (along) {
    case 'step':
      return { type: 'value' as const, minInterval: 1, axisLabel: { formatter: count } }
    case 'time':
      return { type: 'time' as const, axisLabel: {} }
    case 'relative':
      return { type: 'value' as const, axisLabel: { formatter: span } }
  }
}

/** A place of the y axis, short enough for the room that is left of it. */
function tick(value: number): string {
  const size = Math.abs(value)
  const text =
    size >= 1e5 || (size > 0 && size < 1e-3)
      ? value.toExponential(2).replace(/\.?0*e\+?/, 'e')
      : String(Number(value.toPrecision(4)))
  return text.replaceAll('-', '−')
}

function span(ms: number): string {
  return ms < 60_000 ? `${Number((ms / 1000).toPrecision(3))} s` : duration(ms)
}

/** A place of the x axis in words. */
export function placeText(at: number, along: LinesLook['along']): string {
  if (along === 'step') return `step ${count(at)}`
  return along === 'time' ? exact(Math.round(at)) : `${span(at)} after its start`
}
