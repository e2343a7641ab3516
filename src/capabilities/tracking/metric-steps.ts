import { directOf, filled, placeholders } from '../../storage/database/direct.ts'
import type { Database, Query } from '../../storage/database/port.ts'
import {
  checkInterval,
  getMetricHistoryInterval,
  type IntervalSearch,
  MOST_POINTS_OF_A_RUN,
} from './metric-interval.ts'
import { findSeries, type SeriesPlace } from './metric-series.ts'
import { checkRunId } from './names.ts'
import type { RunMetric } from './schema.ts'
import { inChunks, type PointRow, toMetric } from './store.ts'

/** Up to here all steps are looked at; a longer history is sampled without. */
const MOST_LOOKED_AT = 50_000

interface Found {
  readonly runId: string
  readonly series: SeriesPlace
}

/**
 * Points for a chart as MLflow picks them: the same steps for all runs, evenly spread over all that were logged, and
 * the first and last of each run; every point of a picked step. Long histories are sampled run by run instead.
 * @throws TRACKING_UNKNOWN, TRACKING_INVALID
 */
export async function getMetricHistorySteps(
  deps: Pick<Database, 'query' | 'dialect'>,
  search: IntervalSearch,
): Promise<readonly RunMetric[]> {
  checkInterval(search)
  const { runIds, key, maxResults = MOST_POINTS_OF_A_RUN } = search
  const { query } = deps
  const found: Found[] = []
  for (const runId of runIds) {
    checkRunId(runId)
    const series = await findSeries(query, runId, key)
    if (series !== null) found.push({ runId, series })
  }
  const logged = found.reduce((sum, { series }) => sum + series.logged, 0)
  if (logged > MOST_LOOKED_AT) return getMetricHistoryInterval(deps, search)
  const steps: (readonly number[])[] = []
  for (const { series } of found) steps.push(await readSteps(query, series, search))
  const picked = pickSteps(steps, maxResults)
  const points: RunMetric[] = []
  for (const [index, { runId, series }] of found.entries()) {
    const wanted = (steps[index] ?? []).filter((step) => picked.has(step))
    const rows = await readRows(query, series, wanted)
    points.push(...rows.map((row) => ({ runId, ...toMetric(key, row) })))
  }
  return points
}

/** Different ones, ascending. A row for each would cost more than all the rest. */
async function readSteps(
  query: Query,
  { run, key }: SeriesPlace,
  { startStep, endStep }: IntervalSearch,
): Promise<readonly number[]> {
  const [row] = await directOf(query).all<{ steps: string | null }>(
    `select string_agg(cast(step as text), ',') as steps from (select distinct step from tracking_points
       where run = ? and key = ? and step >= ? and step <= ? order by step) as ordered`,
    [run, key, startStep ?? Number.MIN_SAFE_INTEGER, endStep ?? Number.MAX_SAFE_INTEGER],
  )
  const steps = JSON.parse(`[${row?.steps ?? ''}]`) as number[]
  return steps.toSorted((one, other) => one - other)
}

async function readRows(
  query: Query,
  { run, key }: SeriesPlace,
  steps: readonly number[],
): Promise<readonly PointRow[]> {
  const rows: PointRow[] = []
  for (const chunk of inChunks(steps)) {
    if (rows.length >= MOST_POINTS_OF_A_RUN) break
    const sql = `select at, step, value, is_nan from tracking_points
      where run = ? and key = ? and step in (${placeholders(chunk.length)})
      order by step, at, value, is_nan limit ?`
    const values = [run, key, ...filled(chunk), MOST_POINTS_OF_A_RUN - rows.length]
    rows.push(...(await directOf(query).all<PointRow>(sql, values)))
  }
  return rows
}

/** Of ascending steps, run by run: `most` of them all, and the first and last of each run. */
export function pickSteps(runs: readonly (readonly number[])[], most: number): ReadonlySet<number> {
  const all = [...new Set(runs.flat())].toSorted((one, other) => one - other)
  if (all.length <= most) return new Set(all)
  const apart = all.length / most
  const picked = Array.from({ length: most }, (_none, index) => all[Math.floor(index * apart)])
  const edges = runs.flatMap((steps) => [steps[0], steps.at(-1)])
  return new Set([...picked, ...edges].filter((step) => step !== undefined))
}
