import type { Timeline } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'
import type { TooltipLines } from '../../charts/tooltip.ts'
import { metricShort } from '../../format/names.ts'
import { count, number } from '../../format/numbers.ts'
import { day } from '../../format/times.ts'

/** Under the pointer, events as near as this share of what is shown count as pointed at. */
const NEAR = 1 / 150
const MOST_EVENTS = 5

/** All lanes at one moment, so that one need not line them up by eye. */
export function linesAt(timeline: Timeline, range: Range): TooltipLines {
  const { metric, quality, baseline, versions, traffic } = timeline
  const near = (range.to - range.from) * NEAR
  return (at) => {
    if (!Number.isFinite(at)) return []
    const point = latest(quality, at)
    const alone = baseline === null ? undefined : latest(baseline.points, at)
    const answering = versions.findLast(({ from }) => Date.parse(from) <= at)
    const asked = latest(traffic, at)
    return [
      day(at),
      ...(point === undefined
        ? []
        : [
            `${metricShort(metric.name)} ${number(point.value)} (${number(point.lo)} to ${number(point.hi)}) ${metric.unit}, ${count(point.n)} labels`,
          ]),
      ...(alone === undefined || baseline === null
        ? []
        : [`${baseline.label}: ${number(alone.value)}`]),
      ...driftAt(timeline, at),
      ...(answering === undefined ? [] : [`v${answering.version} answered`]),
      ...(asked === undefined || asked.failed === 0
        ? []
        : [`${count(asked.failed)} requests failed`]),
      ...eventsNear(timeline, at, near),
    ]
  }
}

function driftAt({ drift: { cells } }: Timeline, at: number): readonly string[] {
  const end = latest(cells, at)?.at
  return cells
    .filter((cell) => cell.at === end && cell.score > cell.floor)
    .toSorted((a, b) => b.score / b.floor - a.score / a.floor)
    .slice(0, 3)
    .map(
      ({ feature, score, floor }) => `${feature} drifted: ${number(score)}, floor ${number(floor)}`,
    )
}

function eventsNear({ events }: Timeline, at: number, near: number): readonly string[] {
  const found = events.filter((event) => Math.abs(Date.parse(event.at) - at) <= near)
  const more = found.length - MOST_EVENTS
  return [
    ...found.slice(0, MOST_EVENTS).map(({ label }) => `• ${label}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/** The last one that was there at a time; all lists are in order of time. */
function latest<Point extends { readonly at: string }>(
  points: readonly Point[],
  at: number,
): Point | undefined {
  return points.findLast((point) => Date.parse(point.at) <= at)
}
