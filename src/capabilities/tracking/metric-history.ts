import { directOf, type SqlValue } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import { type Page, type PagePlace, placeOfPage, tokenAfter } from './filter/page.ts'
import { findSeries, type SeriesPlace } from './metric-series.ts'
import { checkRunId } from './names.ts'
import type { Metric, RunMetric } from './schema.ts'
import { type PointRow, toMetric } from './store.ts'
import { letOthers } from './turns.ts'

export interface HistorySearch {
  readonly key: string
  /** All of it when left out, up to 250,000 points a page. */
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

const MOST_POINTS_OF_A_PAGE = 250_000

/** By time, step and value. @throws TRACKING_UNKNOWN */
export async function getMetricHistory(
  query: Query,
  runId: string,
  { key, maxResults, pageToken }: HistorySearch,
): Promise<Page<Metric>> {
  checkRunId(runId)
  const series = await findSeries(query, runId, key)
  const place = placeOfPage(pageToken)
  if (series === null) return { items: [], nextPageToken: null }
  const size = Math.min(maxResults ?? MOST_POINTS_OF_A_PAGE, MOST_POINTS_OF_A_PAGE)
  const rows = await readPage(query, series, { place, size: size + 1 })
  const last = rows.length > size ? rows[size - 1] : undefined
  return {
    items: rows.slice(0, size).map((row) => toMetric(key, row)),
    nextPageToken: last === undefined ? null : tokenAfter(placeOf(last)),
  }
}

interface PagePart {
  readonly place: PagePlace
  readonly size: number
}

const AT_ONCE = 5000

// Where each slice begins is known without counting only in a series that is in order.
async function readPage(
  query: Query,
  series: SeriesPlace,
  { place, size }: PagePart,
): Promise<readonly PointRow[]> {
  if (series.in_order === 0) return readSlice(query, series, { place, size })
  const rows: PointRow[] = []
  let from = place
  while (rows.length < size) {
    const most = Math.min(AT_ONCE, size - rows.length)
    const slice = await readSlice(query, series, { place: from, size: most })
    rows.push(...slice)
    const last = slice.at(-1)
    if (slice.length < most || last === undefined) break
    from = { after: placeOf(last) }
    await letOthers()
  }
  return rows
}

function placeOf({ at, step, value, is_nan }: PointRow): readonly number[] {
  return [at, step, value, is_nan]
}

// In a series that is in order, time grows along the primary key, so no page sorts anything.
async function readSlice(
  query: Query,
  { run, key, in_order }: SeriesPlace,
  { place, size }: PagePart,
): Promise<readonly PointRow[]> {
  const columns = in_order === 1 ? 'step, at, value, is_nan' : 'at, step, value, is_nan'
  const values: SqlValue[] = [run, key]
  let after = ''
  let offset = 0
  if ('after' in place) {
    const [at = 0, step = 0, value = 0, nan = 0] = place.after.map(Number)
    after = `and (${columns}) > (?, ?, ?, ?)`
    values.push(...(in_order === 1 ? [step, at] : [at, step]), value, nan)
  } else offset = place.offset
  return directOf(query).all<PointRow>(
    `select at, step, value, is_nan from tracking_points where run = ? and key = ? ${after}
     order by ${columns} limit ? offset ?`,
    [...values, size, offset],
  )
}

export interface BulkSearch {
  readonly runIds: readonly string[]
  readonly key: string
  readonly maxResults?: number | undefined
}

const MOST_POINTS_IN_BULK = 25_000

/** All points of many runs, by run, time, step and value, at most 25,000. Unknown runs have none. */
export async function getMetricHistoryBulk(
  query: Query,
  { runIds, key, maxResults = MOST_POINTS_IN_BULK }: BulkSearch,
): Promise<readonly RunMetric[]> {
  let left = Math.max(0, Math.min(maxResults, MOST_POINTS_IN_BULK))
  const points: RunMetric[] = []
  for (const runId of [...new Set(runIds)].toSorted()) {
    if (left === 0) break
    const known = await directOf(query).all('select 1 from tracking_runs where id = ?', [runId])
    if (known.length === 0) continue
    const { items } = await getMetricHistory(query, runId, { key, maxResults: left })
    points.push(...items.map((metric) => ({ runId, ...metric })))
    left -= items.length
  }
  return points
}
