import { directOf } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import {
  checkInterval,
  getMetricHistoryInterval,
  type IntervalSearch,
  MOST_POINTS_OF_A_RUN,
} from './metric-interval.ts'
import { findSeries, type SeriesPlace } from './metric-series.ts'
import { checkRunId } from './names.ts'
import type { RunMetric } from './schema.ts'
import { type PointRow, toMetric } from './store.ts'

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
  query: Query,
  search: IntervalSearch,
): Promise<readonly RunMetric[]> {
  checkInterval(search)
  const { runIds, key, maxResults = MOST_POINTS_OF_A_RUN } = search
  const found: Found[] = []
  for (const runId of runIds) {
    checkRunId(runId)
    const series = await findSeries(query, runId, key)
    if (series !== null) found.push({ runId, series })
  }
  const logged = found.reduce((sum, { series }) => sum + series.logged, 0)
  if (logged > MOST_LOOKED_AT) return getMetricHistoryInterval(query, search)
  const runs: RunPoints[] = []
  for (const { runId, series } of found)
    runs.push({ runId, rows: await readRows(query, series, search) })
  const steps = pickSteps(
    runs.map(({ rows }) => rows.map(({ step }) => step)),
    maxResults,
  )
  return runs.flatMap(({ runId, rows }) =>
    rows
      .filter(({ step }) => steps.has(step))
      .slice(0, MOST_POINTS_OF_A_RUN)
      .map((row) => ({ runId, ...toMetric(key, row) })),
  )
}

interface RunPoints {
  readonly runId: string
  readonly rows: readonly PointRow[]
}

async function readRows(
  query: Query,
  { run, key }: SeriesPlace,
  { startStep, endStep }: IntervalSearch,
): Promise<readonly PointRow[]> {
  return directOf(query).all<PointRow>(
    `select at, step, value, is_nan from tracking_points
     where run = ? and key = ? and step >= ? and step <= ? order by step, at, value, is_nan`,
    [run, key, startStep ?? Number.MIN_SAFE_INTEGER, endStep ?? Number.MAX_SAFE_INTEGER],
  )
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
