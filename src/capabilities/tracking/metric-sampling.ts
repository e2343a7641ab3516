import { type Direct, directOf } from '../../storage/database/direct.ts'
import type { Database } from '../../storage/database/port.ts'
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
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  series: SeriesPlace,
  sampling: Sampling,
): Promise<readonly Point[]> {
  const direct = directOf(query)
  if (series.logged <= COUNTED_OFF) return countOff(direct, series, sampling)
  return lookUp(direct, LOOK_UPS[dialect], { series, sampling })
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

interface Asked {
  readonly series: SeriesPlace
  readonly sampling: Sampling
}

// A history of millions is not read: each of the evenly spaced steps is one look into the tree.
async function lookUp(
  direct: Direct,
  { overSteps, withinSteps }: LookUps,
  { series: { run, key }, sampling: { from, to, most } }: Asked,
): Promise<readonly Point[]> {
  const bounds = [run, key, from ?? LEAST, to ?? GREATEST]
  const [first] = await direct.all<Point>(FIRST, bounds)
  const [last] = await direct.all<Point>(LAST, bounds)
  if (first === undefined || last === undefined) return []
  if (most === 1) return [last]
  const span = last.step - first.step
  const ofEachStep = Math.max(1, Math.floor(most / (span + 1)))
  const found = await (span + 1 >= most
    ? direct.all<Point>(overSteps, [most - 2, run, key, first.step, span, most - 1])
    : direct.all<Point>(withinSteps, [first.step, last.step, run, key, ofEachStep, ofEachStep]))
  const before = found.filter(
    (point, index) =>
      comparePoints(point, last) < 0 && (index === 0 || !isSame(point, found[index - 1])),
  )
  return [...before.slice(0, most - 1), last]
}

function isSame(point: Point, other: Point | undefined): boolean {
  return other !== undefined && comparePoints(point, other) === 0
}

const POINT = 'point.step, point.at, point.value, point.is_nan'

interface LookUps {
  /** Many steps: the first point at or after each of the places that are evenly spread over them. */
  readonly overSteps: string
  /** Few steps with many points each, such as all of them at step 0: these are spread over time. */
  readonly withinSteps: string
}

const LOOK_UPS: Readonly<Record<Database['dialect'], LookUps>> = {
  sqlite: lookUpsBy(
    (condition) => `cross join tracking_points as point on point.run = target.run
      and point.key = target.key and (${POINT}) = (${firstWhere(condition)})`,
  ),
  // Only so does PostgreSQL look into its index once for each, and only so is it one round trip for all.
  postgres: lookUpsBy((condition) => `cross join lateral (${firstWhere(condition)}) as point`),
}

function firstWhere(condition: string): string {
  return `select ${COLUMNS} from tracking_points
    where run = target.run and key = target.key and ${condition} order by ${COLUMNS} limit 1`
}

function lookUpsBy(joinFirst: (condition: string) => string): LookUps {
  const points = (condition: string): string =>
    `select ${POINT} from target ${joinFirst(condition)} order by ${POINT}`
  return {
    overSteps: `with recursive part(number) as (
        select 0 union all select number + 1 from part where number < ?),
      target as (select cast(? as bigint) as run, cast(? as bigint) as key,
        cast(? as bigint) + ${shareOf('cast(? as double precision)', '?')} as least from part)
      ${points('step >= target.least')}`,
    withinSteps: `with recursive own(step, last, run, key) as (
        select cast(? as bigint), cast(? as bigint), cast(? as bigint), cast(? as bigint)
        union all select step + 1, last, run, key from own where step < last),
      part(number) as (select 0 union all select number + 1 from part where number + 1 < ?),
      edge as materialized (select run, key, step, ${edgeOf('min')} as begun, ${edgeOf('max')} as ended from own),
      target as (select run, key, step, begun + ${shareOf('(ended - begun)', '?')} as least from edge cross join part)
      ${points('step = target.step and at >= target.least')}`,
  }
}

function shareOf(whole: string, parts: string): string {
  return `cast(floor(cast(number as double precision) * ${whole} / cast(${parts} as double precision) + 0.5) as bigint)`
}

function edgeOf(which: 'min' | 'max'): string {
  return `(select ${which}(at) from tracking_points as one
    where one.run = own.run and one.key = own.key and one.step = own.step)`
}
