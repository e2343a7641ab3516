import { directOf, type SqlValue } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import type { PagePlace } from './filter/page.ts'
import type { SeriesPlace } from './metric-series.ts'
import type { PointRow } from './store.ts'

/** A stretch of a history, by time, step and value. */
export interface HistoryPart {
  readonly place: PagePlace
  readonly size: number
}

export interface SliceStatement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** In a series that is in order, time grows along the primary key, so no page sorts anything. */
export function sliceStatement(
  { run, key, in_order }: SeriesPlace,
  { place, size }: HistoryPart,
): SliceStatement {
  const columns = in_order === 1 ? 'step, at, value, is_nan' : 'at, step, value, is_nan'
  const values: SqlValue[] = [run, key]
  let after = ''
  let offset = 0
  if ('after' in place) {
    const [at = 0, step = 0, value = 0, nan = 0] = place.after.map(Number)
    after = `and (${columns}) > (?, ?, ?, ?)`
    values.push(...(in_order === 1 ? [step, at] : [at, step]), value, nan)
  } else offset = place.offset
  return {
    sql: `select at, step, value, is_nan from tracking_points where run = ? and key = ? ${after}
     order by ${columns} limit ? offset ?`,
    values: [...values, size, offset],
  }
}

export async function readSlice(
  query: Query,
  series: SeriesPlace,
  part: HistoryPart,
): Promise<readonly PointRow[]> {
  const { sql, values } = sliceStatement(series, part)
  return directOf(query).all<PointRow>(sql, values)
}

/** What a page token says of a point. */
export function placeOf({ at, step, value, is_nan }: PointRow): readonly number[] {
  return [at, step, value, is_nan]
}
