import type { RunRow } from '../../../../../src/edges/http/contract.ts'
import type { ChartOption } from '../../../charts/echarts.ts'
import type { Palette } from '../../../charts/palette.ts'
import { cellText } from '../columns.ts'
import { isNumeric } from './scatter-option.ts'

/** Every run as a line over axes side by side; its colour is its value on the last axis of numbers. */
export function parallelOption(
  rows: readonly RunRow[],
  columns: readonly string[],
  palette: Palette,
): ChartOption {
  const axes = columns.map((id, index) => axisOf(rows, id, index))
  const last = axes.findLast(({ numeric }) => numeric)
  const shade = shadeOf(rows, last?.index ?? -1)
  const text = { color: palette.muted, fontSize: 11.5, fontFamily: palette.font }
  const option = {
    animation: false,
    parallel: { left: 40, right: 70, top: 46, bottom: 18 },
    parallelAxis: axes.map(({ id, index, numeric, words }) => ({
      dim: index,
      name: id.slice(id.indexOf('.') + 1),
      nameTextStyle: { ...text, color: palette.ink },
      nameRotate: columns.length > 6 ? 18 : 0,
      ...(numeric ? { type: 'value', scale: true } : { type: 'category', data: words }),
      axisLabel: text,
      axisLine: { lineStyle: { color: palette.line } },
      areaSelectStyle: { color: palette.accent, opacity: 0.2, borderWidth: 0 },
    })),
    series: [
      {
        type: 'parallel',
        smooth: false,
        inactiveOpacity: 0.03,
        lineStyle: { width: 1.1, opacity: rows.length > 300 ? 0.25 : 0.5 },
        data: rows.map((row) => ({
          value: axes.map(({ index, numeric }) => valueOn(row, index, numeric)),
          lineStyle: { color: mix(palette, shade(row)) },
        })),
      },
    ],
  }
  // The axes side by side are no part of the type of the other charts.
  return option as ChartOption
}

function axisOf(rows: readonly RunRow[], id: string, index: number) {
  const values = rows.flatMap(({ values: all }) => {
    const value = all[index]
    return value === null || value === undefined || value === 'NaN' ? [] : [value]
  })
  const numeric = values.length > 0 && isNumeric(values)
  const words = numeric ? [] : [...new Set(values.map(cellText))].toSorted()
  return { id, index, numeric, words }
}

function valueOn({ values }: RunRow, index: number, numeric: boolean): number | string {
  const value = values[index]
  if (value === null || value === undefined || value === 'NaN') return '-'
  return numeric ? Number(value) : cellText(value)
}

/** 0 for the least, 1 for the greatest. */
function shadeOf(rows: readonly RunRow[], index: number): (row: RunRow) => number {
  const of = ({ values }: RunRow): number => {
    const value = values[index]
    return value === null || value === undefined ? Number.NaN : Number(value)
  }
  const known = rows.map(of).filter((value) => !Number.isNaN(value))
  const low = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const range = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - low
  return (row) => {
    const value = of(row)
    return Number.isNaN(value) || !(range > 0) ? 0.5 : (value - low) / range
  }
}

/** From warm to blue: both ends are told apart by those who do not see red or green. */
function mix(palette: Palette, share: number): string {
  const low = channels(palette.series1)
  const high = channels(palette.accent)
  const mixed = low.map((channel, index) =>
    Math.round(channel + ((high[index] ?? channel) - channel) * share),
  )
  return `rgb(${mixed.join(',')})`
}

function channels(colour: string): readonly number[] {
  return [...colour.matchAll(/\d+(?:\.\d+)?/g)].slice(0, 3).map(([part]) => Number(part))
}
