import { type Direct, directOf, type SqlValue } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { SeriesPlace } from './metric-series.ts'
import { comparePoints, type Point } from './series.ts'

export interface Sampling {
  /** Inclusive; null for no bound. */
  readonly from: number | null
  readonly to: number | null
  readonly most: number
}

/** Up to here the rows are counted off; beyond, they are looked up where they ought to be. */
const COUNTED_OFF = 20_000

/** At most so many points, by step, spread evenly; the first and the last are among them. */
export async function samplePoints(
  query: Query,
  series: SeriesPlace,
  sampling: Sampling,
): Promise<readonly Point[]> {
  const direct = directOf(query)
  if (series.logged <= COUNTED_OFF) return countOff(direct, series, sampling)
  return lookUp(direct, series, sampling)
}

const COLUMNS = 'step, at, value, is_nan'
const WITHIN = 'run = ? and key = ? and step >= ? and step <= ?'
const COUNT_OFF = `select ${COLUMNS} from (
    select ${COLUMNS}, row_number() over (order by ${COLUMNS}) as place, count(*) over () as points
    from tracking_points where ${WITHIN}) as placed
  where place = points or points <= ?
    or (? > 1 and (place - 1) * (? - 1) % nullif(points - 1, 0) < ? - 1)
  order by place`

function countOff(direct: Direct, { run, key }: SeriesPlace, { from, to, most }: Sampling) {
  const values = [run, key, from ?? LEAST, to ?? GREATEST, most, most, most, most]
  return direct.all<Point>(COUNT_OFF, values)
}

const LEAST = Number.MIN_SAFE_INTEGER
const GREATEST = Number.MAX_SAFE_INTEGER

const edge = (direction: 'asc' | 'desc'): string =>
  `select ${COLUMNS} from tracking_points where ${WITHIN}
   order by step ${direction}, at ${direction}, value ${direction}, is_nan ${direction} limit 1`
const FIRST = edge('asc')
const LAST = edge('desc')

// A history of millions is not read: each of the evenly spaced steps is one look into the tree.
async function lookUp(
  direct: Direct,
  { run, key }: SeriesPlace,
  { from, to, most }: Sampling,
): Promise<readonly Point[]> {
  const bounds = [run, key, from ?? LEAST, to ?? GREATEST]
  const [first] = await direct.all<Point>(FIRST, bounds)
  const [last] = await direct.all<Point>(LAST, bounds)
  if (first === undefined || last === undefined) return []
  if (most === 1) return [last]
  const steps = last.step - first.step + 1
  const found =
    steps >= most
      ? await spreadOverSteps(direct, [run, key], { first, last, most })
      : await spreadWithinSteps(direct, [run, key], { first, last, most })
  return [...found.filter((point) => comparePoints(point, last) < 0).slice(0, most - 1), last]
}

interface Span {
  readonly first: Point
  readonly last: Point
  readonly most: number
}

const FROM_STEP = `select ${COLUMNS} from tracking_points where run = ? and key = ? and step >= ?
  order by ${COLUMNS} limit 1`

async function spreadOverSteps(
  direct: Direct,
  place: readonly SqlValue[],
  { first, last, most }: Span,
): Promise<readonly Point[]> {
  const points = [first]
  for (let index = 1; index < most - 1; index += 1) {
    const step = first.step + Math.round((index * (last.step - first.step)) / (most - 1))
    if (step <= (points.at(-1)?.step ?? step)) continue
    const [point] = await direct.all<Point>(FROM_STEP, [...place, step])
    if (point !== undefined) points.push(point)
  }
  return points
}

const OF_STEP = `select ${COLUMNS} from tracking_points where run = ? and key = ? and step = ? and at >= ?
  order by at, value, is_nan limit 1`
const LAST_OF_STEP = `select ${COLUMNS} from tracking_points where run = ? and key = ? and step = ?
  order by at desc, value desc, is_nan desc limit 1`

// Few steps with many points each, such as all of them at step 0: these are spread over time.
async function spreadWithinSteps(
  direct: Direct,
  place: readonly SqlValue[],
  { first, last, most }: Span,
): Promise<readonly Point[]> {
  const points: Point[] = []
  const each = Math.max(1, Math.floor(most / (last.step - first.step + 1)))
  for (let step = first.step; step <= last.step; step += 1) {
    const [start] = await direct.all<Point>(OF_STEP, [...place, step, 0])
    const [end] = await direct.all<Point>(LAST_OF_STEP, [...place, step])
    if (start === undefined || end === undefined) continue
    points.push(start)
    for (let index = 1; index < each; index += 1) {
      const at = start.at + Math.round((index * (end.at - start.at)) / each)
      if (at <= (points.at(-1)?.at ?? at)) continue
      const [point] = await direct.all<Point>(OF_STEP, [...place, step, at])
      if (point !== undefined) points.push(point)
    }
  }
  return points
}
