import { escapeHtml } from './html.ts'
import type { Plot, PlotSeries } from './plots.ts'

const WIDTH = 480
const HEIGHT = 300
const LEFT = 56
const RIGHT = 12
const TOP = 12
const BOTTOM = 40

// Colours that can be told apart also by those who see few (Okabe and Ito).
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f']

export function seriesColor(index: number): string {
  return COLORS[index % COLORS.length] ?? '#000'
}

/** What tells a series from the others of its plot. */
export function seriesName(one: PlotSeries, all: readonly PlotSeries[]): string {
  const several = (key: 'file' | 'field'): boolean => new Set(all.map((each) => each[key])).size > 1
  const parts = [one.revision, several('file') ? one.file : '', several('field') ? one.field : '']
  return parts.filter((part) => part !== '').join(' ')
}

interface Scale {
  readonly at: (text: string) => number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

/** A line for each series; points for a scatter. Axes in words where the values are words. */
export function plotSvg({ series, template, xLabel, yLabel }: Plot): string {
  const points = series.flatMap((one) => one.points)
  const x = scaleOf(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  )
  const y = scaleOf(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  )
  const drawn = series.map((one, index) =>
    drawSeries(one, { x, y, color: seriesColor(index), template }),
  )
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${yLabel} by ${xLabel}`)}">
<g stroke="var(--line)" fill="none">${y.ticks.map(({ at }) => `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}"/>`).join('')}</g>
<g fill="currentColor" font-size="11">${y.ticks.map(({ at, text }) => `<text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(text)}</text>`).join('')}
${x.ticks.map(({ at, text }) => `<text x="${at}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${escapeHtml(text)}</text>`).join('')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(xLabel)}</text>
<text transform="translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text></g>
${drawn.join('\n')}
</svg>`
}

interface Drawing {
  readonly x: Scale
  readonly y: Scale
  readonly color: string
  readonly template: string
}

function drawSeries({ points }: PlotSeries, { x, y, color, template }: Drawing): string {
  const places = points
    .map((point) => [x.at(point.x), y.at(point.y)] as const)
    .filter(([left, top]) => Number.isFinite(left) && Number.isFinite(top))
  const fixed = (value: number): string => value.toFixed(1)
  if (template === 'scatter' || places.length === 1)
    return places
      .map(
        ([left, top]) => `<circle cx="${fixed(left)}" cy="${fixed(top)}" r="3" fill="${color}"/>`,
      )
      .join('')
  const path = places.map(
    ([left, top], index) => `${index === 0 ? 'M' : 'L'}${fixed(left)} ${fixed(top)}`,
  )
  return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="2"/>`
}

function scaleOf(texts: readonly string[], from: number, to: number): Scale {
  const numbers = texts.filter((text) => text !== '').map(Number)
  if (numbers.some((value) => Number.isNaN(value))) return wordScale([...new Set(texts)], from, to)
  const finite = numbers.filter(Number.isFinite)
  const [low, high] = bounds(finite)
  const place = (value: number): number => from + ((value - low) / (high - low)) * (to - from)
  const ticks = niceTicks(low, high).map((value) => ({
    at: Math.round(place(value)),
    text: String(value),
  }))
  return { at: (text) => (text === '' ? Number.NaN : place(Number(text))), ticks }
}

function bounds(values: readonly number[]): readonly [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return [0, 1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

function wordScale(words: readonly string[], from: number, to: number): Scale {
  const step = (to - from) / Math.max(1, words.length)
  const places = new Map(words.map((word, index) => [word, from + step * (index + 0.5)]))
  const every = Math.ceil(words.length / 8)
  const ticks = words
    .filter((_, index) => index % every === 0)
    .map((word) => ({ at: Math.round(places.get(word) ?? from), text: word.slice(0, 12) }))
  return { at: (word) => places.get(word) ?? Number.NaN, ticks }
}

/** Four to eight round numbers between the two. */
function niceTicks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power
  const first = Math.ceil(low / step)
  const count = Math.floor(high / step) - first + 1
  return Array.from({ length: Math.max(0, Math.min(count, 12)) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}
