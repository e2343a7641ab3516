import { type RawBuilder, sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import { invalid } from './names.ts'
import { getRunInfo } from './runs.ts'
import type { RunMetric } from './schema.ts'
import { type MetricRow, toMetric } from './store.ts'

const MOST_RUNS_IN_A_CHART = 100
const MOST_POINTS_OF_A_RUN = 2500
const MOST_POINTS_IN_BULK = 25_000

export interface IntervalSearch {
  readonly runIds: readonly string[]
  readonly key: string
  /** Both or neither; inclusive. */
  readonly startStep?: number | undefined
  readonly endStep?: number | undefined
  /** Points of each run at most: all 2,500 when left out. */
  readonly maxResults?: number | undefined
}

/**
 * Points for a chart, run by run, by step: spread evenly over what was logged, always real ones, the first and
 * the last among them. @throws TRACKING_UNKNOWN, TRACKING_INVALID
 */
export async function getMetricHistoryInterval(
  query: Query,
  search: IntervalSearch,
): Promise<readonly RunMetric[]> {
  checkInterval(search)
  for (const runId of search.runIds) await getRunInfo(query, runId)
  const points: RunMetric[] = []
  for (const runId of search.runIds)
    points.push(...(await sampleRun(query, runId, search)).map((row) => toRunMetric(runId, row)))
  return points
}

function checkInterval({ runIds, startStep, endStep }: IntervalSearch): void {
  checkRunCount(runIds)
  if ((startStep === undefined) !== (endStep === undefined))
    throw invalid('If either start step or end step are specified, both must be specified.')
  if (startStep !== undefined && endStep !== undefined && startStep > endStep)
    throw invalid(
      `end_step must be greater than start_step. Found start_step=${startStep} and end_step=${endStep}.`,
    )
}

function checkRunCount(runIds: readonly string[]): void {
  if (runIds.length > MOST_RUNS_IN_A_CHART)
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS_IN_A_CHART} run_ids. Received ${runIds.length} run_ids.`,
    )
}

async function sampleRun(
  query: Query,
  runId: string,
  { key, startStep, endStep, maxResults = MOST_POINTS_OF_A_RUN }: IntervalSearch,
): Promise<readonly MetricRow[]> {
  const within: RawBuilder<unknown> =
    startStep === undefined || endStep === undefined
      ? sql``
      : sql`and step between ${startStep} and ${endStep}`
  const points = Math.max(1, Math.min(maxResults, MOST_POINTS_OF_A_RUN))
  const { rows } = await sql<MetricRow>`
    select run_id, key, at, step, value, is_nan from (
      select *, row_number() over by_step as place, count(*) over () as points
      from tracking_metrics where run_id = ${runId} and key = ${key} ${within}
      window by_step as (order by step, at, value, is_nan)) as placed
    where place = points or points <= ${points}
      or (${points} > 1 and (place - 1) * (${points} - 1) % nullif(points - 1, 0) < ${points} - 1)
    order by place`.execute(query)
  return rows
}

export interface BulkSearch {
  readonly runIds: readonly string[]
  readonly key: string
  readonly maxResults?: number | undefined
}

/** All points of many runs, by run, time, step and value, at most 25,000. @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function getMetricHistoryBulk(
  query: Query,
  { runIds, key, maxResults = MOST_POINTS_IN_BULK }: BulkSearch,
): Promise<readonly RunMetric[]> {
  checkRunCount(runIds)
  const most = Math.max(0, Math.min(maxResults, MOST_POINTS_IN_BULK))
  const { rows } = await sql<MetricRow>`
    select run_id, key, at, step, value, is_nan from tracking_metrics
    where run_id in (${sql.join(runIds.length === 0 ? [''] : runIds)}) and key = ${key}
    order by run_id, at, step, value limit ${most}`.execute(query)
  return rows.map((row) => toRunMetric(row.run_id, row))
}

function toRunMetric(runId: string, row: MetricRow): RunMetric {
  return { runId, ...toMetric(row) }
}
