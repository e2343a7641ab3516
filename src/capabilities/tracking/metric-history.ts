import type { Query } from '../../storage/database/port.ts'
import { type Page, placeOfPage, tokenAfter } from './filter/page.ts'
import { type HistoryPart, placeOf, readSlice } from './history-slice.ts'
import { findSeries, type SeriesPlace } from './metric-series.ts'
import { checkRunId } from './names.ts'
import type { Metric } from './schema.ts'
import { type PointRow, toMetric } from './store.ts'
import { letOthers } from './turns.ts'

export interface HistorySearch {
  readonly key: string
  /** All of it when left out, up to 250,000 points a page. */
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

export const MOST_POINTS_OF_A_PAGE = 250_000

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

const AT_ONCE = 5000

// Where each slice begins is known without counting only in a series that is in order.
async function readPage(
  query: Query,
  series: SeriesPlace,
  { place, size }: HistoryPart,
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
