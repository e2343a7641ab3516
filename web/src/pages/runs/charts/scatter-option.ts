import type { RunRow } from '../../../../../src/edges/http/contract.ts'
import type { ChartOption } from '../../../charts/echarts.ts'
import { type Palette, seriesLook } from '../../../charts/palette.ts'
import { metricText } from '../columns.ts'

/** A run as a point: its values on both axes, and what it is coloured by. */
export interface Point {
  readonly id: string
  readonly name: string
  readonly x: number | string
  readonly y: number | string
  readonly colour: number | string | null
}

/** Runs that have both values. What looks like numbers throughout is an axis of numbers. */
export function pointsOf(rows: readonly RunRow[]): readonly Point[] {
  const whole = rows.flatMap(({ id, name, values: [x, y, colour = null] }) =>
    x === null || x === undefined || y === null || y === undefined || x === 'NaN' || y === 'NaN'
      ? []
      : [{ id, name, x, y, colour }],
  )
  const xs = isNumeric(whole.map(({ x }) => x))
  const ys = isNumeric(whole.map(({ y }) => y))
  return whole.map((point) => ({
    ...point,
    x: xs ? Number(point.x) : String(point.x),
    y: ys ? Number(point.y) : String(point.y),
  }))
}

/** Params are texts: they are numbers when all of them are. */
export function isNumeric(values: readonly (number | string)[]): boolean {
  return values.every((value) => value !== '' && !Number.isNaN(Number(value)))
}

export interface ScatterLook {
  readonly x: string
  readonly y: string
  readonly colour: string | null
  readonly log: boolean
  readonly chosen: ReadonlySet<string>
}

const MOST_COLOURS = 10

export function scatterOption(
  points: readonly Point[],
  look: ScatterLook,
  palette: Palette,
): ChartOption {
  const groups = groupsOf(points)
  const axis = (name: string, values: readonly (number | string)[]) => ({
    name,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: palette.muted, fontSize: 12, fontFamily: palette.font },
    ...(isNumeric(values)
      ? { type: look.log ? ('log' as const) : ('value' as const), scale: true }
      : { type: 'category' as const, data: [...new Set(values.map(String))].toSorted() }),
    axisLabel: { color: palette.muted, fontSize: 11.5, fontFamily: palette.font },
    axisLine: { lineStyle: { color: palette.line } },
    splitLine: { lineStyle: { color: palette.lineInner } },
  })
  return {
    animation: false,
    grid: {
      left: 30,
      right: 20,
      top: 14,
      bottom: 30,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: { trigger: 'item', ...tooltip(palette, look) },
    xAxis: axis(
      look.x,
      points.map(({ x }) => x),
    ),
    yAxis: axis(
      look.y,
      points.map(({ y }) => y),
    ),
    series: groups.map(({ points: own }, index) => ({
      type: 'scatter' as const,
      // Thousands of points are drawn as one: they lose their own looks and gain the time.
      large: points.length > 2000,
      largeThreshold: 2000,
      symbolSize: points.length > 2000 ? 4 : 7,
      itemStyle: {
        color: seriesLook(palette, index).colour,
        opacity: points.length > 500 ? 0.55 : 0.85,
      },
      data: own.map((point) => ({ value: [point.x, point.y], id: point.id, name: point.name })),
    })),
  }
}

interface Group {
  readonly word: string
  readonly points: readonly Point[]
}

/** By what they are coloured by, the most frequent first; numbers in fifths. */
export function groupsOf(points: readonly Point[]): readonly Group[] {
  const colours = points.flatMap(({ colour }) => colour ?? [])
  const cut = colours.length > 0 && isNumeric(colours) ? fifths(colours.map(Number)) : null
  const word = ({ colour }: Point): string =>
    colour === null ? '' : cut === null ? String(colour) : cut(Number(colour))
  const groups = Map.groupBy(points, word)
  return [...groups]
    .map(([name, own]) => ({ word: name, points: own }))
    .toSorted((a, b) => b.points.length - a.points.length)
    .slice(0, MOST_COLOURS)
}

function fifths(values: readonly number[]): (value: number) => string {
  const distinct = [...new Set(values)]
  if (distinct.length <= MOST_COLOURS) return (value) => metricText(value)
  const sorted = values.toSorted((a, b) => a - b)
  const bounds = [0.2, 0.4, 0.6, 0.8].map((share) => sorted[Math.floor(share * sorted.length)] ?? 0)
  return (value) => {
    const at = bounds.filter((bound) => value >= bound).length
    const low = bounds[at - 1] ?? sorted[0] ?? 0
    const high = bounds[at] ?? sorted.at(-1) ?? 0
    return `${metricText(low)} to ${metricText(high)}`
  }
}

function tooltip(palette: Palette, { x, y }: ScatterLook) {
  return {
    backgroundColor: palette.surface,
    borderColor: palette.line,
    borderWidth: 1,
    padding: [8, 11],
    confine: true,
    transitionDuration: 0,
    textStyle: { color: palette.ink, fontSize: 12.5, fontFamily: palette.font },
    extraCssText: 'box-shadow:none;border-radius:7px;pointer-events:none',
    formatter: (params: unknown) => {
      const { data } = params as { data?: { name: string; value: readonly (number | string)[] } }
      const text = (value: number | string | undefined) =>
        typeof value === 'number' ? metricText(value) : (value ?? '')
      // Text, never markup: a name may be anything.
      const box = document.createElement('div')
      box.style.whiteSpace = 'pre-line'
      box.textContent = `${data?.name ?? ''}\n${x}: ${text(data?.value[0])}\n${y}: ${text(data?.value[1])}`
      return box
    },
  }
}
