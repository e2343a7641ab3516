import type { TimelineEvent } from '../../../../src/edges/http/contract.ts'
import type { ChartOption, CustomSeriesOption, ScatterSeriesOption } from '../../charts/echarts.ts'
import type { Palette } from '../../charts/palette.ts'
import { binDrift, binsFor, binTraffic, usualGap } from './bins.ts'
import type { History } from './history-option.ts'
import { rowOf } from './lanes.ts'

type Series = Extract<ChartOption['series'], readonly unknown[]>[number]

/** Below this many pixels a version's number does not fit into its span. */
const SPAN_LABEL_PX = 26

interface Box {
  readonly from: number
  readonly to: number
  readonly fill: string
  readonly opacity: number
  readonly text?: string
}

/** A box that fills a row of a category axis. */
interface RowBox extends Box {
  readonly row: number
}

/** A box from one value to another. */
interface ValueBox extends Box {
  readonly low: number
  readonly high: number
}

type Api = Parameters<NonNullable<CustomSeriesOption['renderItem']>>[1]

/** The share of its row that a box takes. */
const ROW_SHARE = 0.86

function inRows(list: readonly RowBox[], axis: number, palette: Palette): CustomSeriesOption {
  return boxes(list, axis, {
    palette,
    anchor: ({ row }) => row,
    extent: ({ from, row }, api) => {
      const [, middle = 0] = api.coord([from, row])
      const size = api.size?.([0, 1])
      const height = ROW_SHARE * (Array.isArray(size) ? (size[1] ?? 0) : 0)
      return { y: middle - height / 2, height }
    },
  })
}

function fromTo(list: readonly ValueBox[], axis: number, palette: Palette): CustomSeriesOption {
  return boxes(list, axis, {
    palette,
    anchor: ({ low }) => low,
    extent: ({ from, low, high }, api) => {
      const [, bottom = 0] = api.coord([from, low])
      const [, top = 0] = api.coord([from, high])
      return { y: top, height: bottom - top }
    },
  })
}

interface Drawing<B extends Box> {
  readonly palette: Palette
  readonly anchor: (box: B) => number
  readonly extent: (box: B, api: Api) => { readonly y: number; readonly height: number }
}

/** Boxes along time, clipped to their lane. */
function boxes<B extends Box>(
  list: readonly B[],
  axis: number,
  { palette, anchor, extent }: Drawing<B>,
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    xAxisIndex: axis,
    yAxisIndex: axis,
    data: list.map((box) => [box.from, anchor(box)]),
    renderItem: ({ dataIndex }, api) => {
      const box = list[dataIndex]
      if (box === undefined) return null
      const [x = 0] = api.coord([box.from, anchor(box)])
      const [end = 0] = api.coord([box.to, anchor(box)])
      const width = Math.max(1, end - x - 1)
      const label = box.text !== undefined && width >= SPAN_LABEL_PX
      return {
        type: 'rect',
        shape: { x, width, r: 2, ...extent(box, api) },
        style: { fill: box.fill, opacity: box.opacity },
        textConfig: { position: 'inside' },
        textContent: {
          type: 'text',
          style: { text: label ? (box.text ?? '') : '', fill: palette.ink, fontSize: 11 },
        },
      }
    },
  }
}

/** A row a feature; the darker, the further above what chance alone reaches. */
export function driftSeries(
  { timeline, lanes, range, palette, narrow }: History,
  axis: number,
): Series {
  const times = timeline.drift.cells.map(({ at }) => Date.parse(at))
  const bins = binsFor(range, usualGap(times, 86_400_000), narrow)
  const list = binDrift(timeline.drift.cells, bins, range).map(({ feature, from, ratio }) => {
    return {
      from,
      to: from + bins.ms,
      row: lanes.features.indexOf(feature),
      fill: palette.warning,
      opacity: shade(ratio),
    }
  })
  return inRows(list, axis, palette)
}

/** Calm is barely there; from the floor on it darkens with the logarithm, full at 8 times the floor. */
function shade(ratio: number): number {
  if (ratio <= 1) return 0.06 + 0.09 * Math.max(0, ratio)
  return Math.min(1, 0.3 + (0.7 * Math.log(ratio)) / Math.log(8))
}

/** Which version answered when. */
export function versionSeries({ timeline, range, palette }: History, axis: number): Series {
  const list = timeline.versions
    .map(({ version, from, to, status }, index) => ({
      // Cut to what is shown, so that a version's number stands in the middle of what one sees of it.
      from: Math.max(range.from, Date.parse(from)),
      to: Math.min(range.to, to === null ? range.to : Date.parse(to)),
      row: 0,
      fill: status === 'rolled_back' ? palette.warning : palette.accent,
      opacity: index % 2 === 0 ? 0.18 : 0.36,
      text: `v${version}`,
    }))
    .filter((span) => span.from < span.to)
  return inRows(list, axis, palette)
}

const SYMBOL: Readonly<Record<TimelineEvent['severity'], string>> = {
  good: 'circle',
  info: 'circle',
  warning: 'triangle',
  bad: 'diamond',
}

/** What is worth a word on the picture itself: where the pawl held. */
const NOTABLE: ReadonlySet<TimelineEvent['kind']> = new Set([
  'data_refused',
  'gate_refused',
  'rolled_back',
  'control_plane_restarted',
])

/** Decisions and incidents. A click leads to the evidence. */
export function eventSeries(history: History, axis: number): Series[] {
  const { events } = history.timeline
  return [
    eventPoints(
      history,
      axis,
      events.filter(({ kind }) => !NOTABLE.has(kind)),
    ),
    {
      ...eventPoints(
        history,
        axis,
        events.filter(({ kind }) => NOTABLE.has(kind)),
      ),
      // On top of the usual ones, whose dots would run through the words.
      z: 5,
      symbolSize: 10,
      labelLayout: { hideOverlap: true },
      label: {
        show: !history.narrow,
        position: 'right',
        color: history.palette.ink,
        backgroundColor: history.palette.surface,
        padding: [2, 5],
        fontSize: 12,
        formatter: '{b}',
      },
    },
  ]
}

function eventPoints(
  { lanes, palette, range }: History,
  axis: number,
  events: readonly TimelineEvent[],
): ScatterSeriesOption {
  const colour = {
    good: palette.good,
    info: palette.accent,
    warning: palette.warning,
    bad: palette.bad,
  }
  const lastPart = range.to - 0.2 * (range.to - range.from)
  return {
    type: 'scatter',
    xAxisIndex: axis,
    yAxisIndex: axis,
    clip: true,
    cursor: 'pointer',
    symbolSize: 7,
    data: events.map((event) => ({
      id: event.id,
      // Words of the newest events would run out of the picture.
      ...(Date.parse(event.at) > lastPart ? { label: { position: 'left' as const } } : {}),
      name: shortened(event.label),
      value: [Date.parse(event.at), lanes.eventRows.indexOf(rowOf(event))],
      symbol: SYMBOL[event.severity],
      itemStyle: { color: colour[event.severity] },
    })),
  }
}

function shortened(label: string): string {
  return label.length > 38 ? `${label.slice(0, 37)}…` : label
}

/** Requests answered, and failed ones on top of them. */
export function trafficSeries(
  { timeline, range, palette, narrow }: History,
  axis: number,
): Series[] {
  const times = timeline.traffic.map(({ at }) => Date.parse(at))
  const bins = binsFor(range, usualGap(times, 86_400_000), narrow)
  const list = binTraffic(timeline.traffic, bins, range).flatMap(({ from, answered, failed }) => {
    const box = { from, to: from + bins.ms, opacity: 0.8 }
    return [
      { ...box, low: 0, high: answered, fill: palette.faint },
      ...(failed === 0
        ? []
        : [{ ...box, low: answered, high: answered + failed, fill: palette.bad, opacity: 1 }]),
    ]
  })
  const top = Math.max(1, ...list.map(({ high }) => high))
  return [
    fromTo(list, axis, palette),
    // Boxes take no part in the choice of the axis: an invisible point at their top does.
    {
      type: 'scatter',
      xAxisIndex: axis,
      yAxisIndex: axis,
      silent: true,
      symbolSize: 0,
      data: [[range.from, top]],
    },
  ]
}
