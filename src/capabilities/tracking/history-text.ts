import { directOf } from '../../storage/database/direct.ts'
import type { Database, Query } from '../../storage/database/port.ts'
import { placeOfPage, tokenAfter } from './filter/page.ts'
import {
  type HistoryPart,
  placeOf,
  readSlice,
  type SliceStatement,
  sliceStatement,
} from './history-slice.ts'
import { type HistorySearch, MOST_POINTS_OF_A_PAGE } from './metric-history.ts'
import { findSeries, type SeriesPlace } from './metric-series.ts'
import { checkRunId } from './names.ts'
import type { JsonPieces } from './reading/answer-text.ts'
import { type PointRow, toMetric } from './store.ts'
import { letOthers } from './turns.ts'

/** Points as JSON: one list of `{key, value, timestamp, step}`, as MLflow's protocol has them; NaN is "NaN". */
export interface PointsText {
  readonly count: number
  readonly points: JsonPieces
  readonly nextPageToken: string | null
}

type Deps = Pick<Database, 'query' | 'dialect'>

/** A page of a history, by time, step and value. @throws TRACKING_UNKNOWN */
export async function readHistoryText(
  deps: Deps,
  { runId, key, maxResults, pageToken }: HistorySearch & { readonly runId: string },
): Promise<PointsText> {
  checkRunId(runId)
  const series = await findSeries(deps.query, runId, key)
  const place = placeOfPage(pageToken)
  if (series === null) return { count: 0, points: ['[]'], nextPageToken: null }
  const size = Math.min(maxResults ?? MOST_POINTS_OF_A_PAGE, MOST_POINTS_OF_A_PAGE)
  const page = await readPage(deps, { series, key, runId: null }, { place, size })
  const more =
    page.last === undefined
      ? []
      : await readSlice(deps.query, series, { place: { after: placeOf(page.last) }, size: 1 })
  const hasMore = page.last !== undefined && more.length > 0
  return {
    count: page.count,
    points: joined(page.lists),
    nextPageToken: hasMore ? tokenAfter(placeOf(page.last)) : null,
  }
}

export interface BulkSearch {
  readonly runIds: readonly string[]
  readonly key: string
  readonly maxResults?: number | undefined
}

const MOST_POINTS_IN_BULK = 25_000

/** All points of many runs, by run, time, step and value, at most 25,000, each with its run. Unknown runs have none. */
export async function readBulkText(
  deps: Deps,
  { runIds, key, maxResults = MOST_POINTS_IN_BULK }: BulkSearch,
): Promise<PointsText> {
  let left = Math.max(0, Math.min(maxResults, MOST_POINTS_IN_BULK))
  const lists: Uint8Array[] = []
  let count = 0
  for (const runId of [...new Set(runIds)].toSorted()) {
    if (left === 0) break
    const known = await directOf(deps.query).all('select 1 from tracking_runs where id = ?', [
      runId,
    ])
    const series = known.length === 0 ? null : await findSeries(deps.query, runId, key)
    if (series === null) continue
    const part = { place: { offset: 0 }, size: left }
    const page = await readPage(deps, { series, key, runId }, part)
    lists.push(...page.lists)
    count += page.count
    left -= page.count
  }
  return { count, points: joined(lists), nextPageToken: null }
}

/** Of what, and what each point says of it; without a run when `null`. */
interface Written {
  readonly series: SeriesPlace
  readonly key: string
  readonly runId: string | null
}

interface PageText {
  readonly lists: readonly Uint8Array[]
  readonly count: number
  readonly last: PointRow | undefined
}

const AT_ONCE = 25_000

// Where each slice begins is known without counting only in a series that is in order.
async function readPage(deps: Deps, written: Written, part: HistoryPart): Promise<PageText> {
  const most = written.series.in_order === 1 ? AT_ONCE : part.size
  const lists: Uint8Array[] = []
  let count = 0
  let last: PointRow | undefined
  let { place } = part
  while (count < part.size) {
    const slice = { place, size: Math.min(most, part.size - count) }
    const { points, list } = await writeSlice(deps, written, slice)
    if (points === 0) break
    lists.push(list)
    count += points
    last = lastPoint(list)
    if (points < slice.size) break
    place = { after: placeOf(last) }
    await letOthers()
  }
  return { lists, count, last }
}

interface Slice {
  readonly points: number
  /** UTF-8. */
  readonly list: Uint8Array
}

async function writeSlice(
  { query, dialect }: Deps,
  written: Written,
  part: HistoryPart,
): Promise<Slice> {
  if (dialect === 'sqlite')
    return writeInSqlite(query, written, sliceStatement(written.series, part))
  const rows = await readSlice(query, written.series, part)
  const { key, runId } = written
  const points = rows.map((row) => {
    const { value, at, step } = toMetric(key, row)
    const run = runId === null ? {} : { run_id: runId }
    return { key, value: Number.isNaN(value) ? 'NaN' : value, timestamp: at, step, ...run }
  })
  return { points: rows.length, list: new TextEncoder().encode(JSON.stringify(points)) }
}

// SQLite writes JSON in half the time in which rows become objects and those become text.
async function writeInSqlite(
  query: Query,
  { key, runId }: Written,
  { sql, values }: SliceStatement,
): Promise<Slice> {
  const run = runId === null ? '' : `, 'run_id', ?`
  const [row] = await directOf(query).all<Slice>(
    `select count(*) as points, cast(json_group_array(json_object('key', ?,
       'value', case when is_nan = 1 then 'NaN' else value end, 'timestamp', at, 'step', step${run})) as blob) as list
     from (${sql})`,
    [key, ...(runId === null ? [] : [runId]), ...values],
  )
  if (row === undefined) throw new Error('A count has always a row.')
  return row
}

/** Of a list that is not empty. Within a text of JSON no quote stands alone, so nothing else looks like its beginning. */
function lastPoint(list: Uint8Array): PointRow {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.length)
  const text = bytes.toString('utf8', bytes.lastIndexOf('{"key":'), bytes.length - 1)
  const { value, timestamp, step } = JSON.parse(text) as {
    readonly value: number | 'NaN'
    readonly timestamp: number
    readonly step: number
  }
  const isNan = value === 'NaN'
  return { at: timestamp, step, value: isNan ? 0 : value, is_nan: Number(isNan) }
}

function joined(lists: readonly Uint8Array[]): JsonPieces {
  const pieces = lists.flatMap((list, index) => [
    index === 0 ? '[' : ',',
    list.subarray(1, list.length - 1),
  ])
  return lists.length === 0 ? ['[]'] : [...pieces, ']']
}
