/** One value of a metric as it is stored: NaN is a mark beside a zero. */
export interface Point {
  readonly step: number
  readonly at: number
  readonly value: number
  readonly is_nan: number
}

/** What is kept of a metric of one run beside its history: searches and tables read only this. */
export interface Series extends Point {
  /** Over the whole history; null while all of it is NaN. */
  readonly lowest: number | null
  readonly highest: number | null
  /** How often it was logged; repetitions count. */
  readonly logged: number
  /** 1 while time never goes back as steps go on: then the history by step is also the one by time. */
  readonly in_order: number
}

/**
 * The series after these points, which are sorted. The latest is the greatest step, then time, then value.
 * Whether points that arrive late fit between their neighbors only the history tells: see `latePoints`.
 */
export function extendSeries(before: Series | undefined, points: readonly Point[]): Series {
  let latest: Point | undefined = before
  let { lowest, highest, in_order } = before ?? { lowest: null, highest: null, in_order: 1 }
  for (const point of points) {
    if (latest === undefined || comparePoints(point, latest) > 0) {
      if (latest !== undefined && point.at < latest.at) in_order = 0
      latest = point
    }
    if (point.is_nan === 1) continue
    lowest = lowest === null ? point.value : Math.min(lowest, point.value)
    highest = highest === null ? point.value : Math.max(highest, point.value)
  }
  if (latest === undefined) throw new Error('A series begins with a point.')
  const { step, at, value, is_nan } = latest
  const logged = (before?.logged ?? 0) + points.length
  return { step, at, value, is_nan, lowest, highest, logged, in_order }
}

/** Those that come before what is already there. */
export function latePoints(before: Series | undefined, points: readonly Point[]): readonly Point[] {
  if (before === undefined || before.in_order === 0) return []
  return points.filter((point) => comparePoints(point, before) < 0)
}

export function comparePoints(one: Point, other: Point): number {
  return (
    one.step - other.step ||
    one.at - other.at ||
    one.value - other.value ||
    one.is_nan - other.is_nan
  )
}
