import type { Database } from '../../storage/database/port.ts'
import { findSeries } from './metric-series.ts'
import { samplePoints } from './metric-sampling.ts'
import { checkRunId, invalid } from './names.ts'
import type { RunMetric } from './schema.ts'
import { toMetric } from './store.ts'

const MOST_RUNS = 100
export const MOST_POINTS_OF_A_RUN = 2500

export interface IntervalSearch {
  readonly runIds: readonly string[]
  readonly key: string
  /** Both or neither; inclusive. */
  readonly startStep?: number | undefined
  readonly endStep?: number | undefined
  /** Points of each run at most: 2,500 when left out. */
  readonly maxResults?: number | undefined
}

/**
 * Points for a chart, run by run, by step: spread evenly over what was logged, always real ones, the first and
 * the last among them. @throws TRACKING_UNKNOWN, TRACKING_INVALID
 */
export async function getMetricHistoryInterval(
  deps: Pick<Database, 'query' | 'dialect'>,
  search: IntervalSearch,
): Promise<readonly RunMetric[]> {
  checkInterval(search)
  const { runIds, key, startStep, endStep, maxResults = MOST_POINTS_OF_A_RUN } = search
  const most = Math.max(1, Math.min(maxResults, MOST_POINTS_OF_A_RUN))
  const steps = { from: startStep ?? null, to: endStep ?? null }
  const found = []
  for (const runId of runIds) {
    checkRunId(runId)
    found.push({ runId, series: await findSeries(deps.query, runId, key) })
  }
  const points: RunMetric[] = []
  for (const { runId, series } of found) {
    if (series === null) continue
    const rows = await samplePoints(deps, series, { ...steps, most })
    points.push(...rows.map((row) => ({ runId, ...toMetric(key, row) })))
  }
  return points
}

/** @throws TRACKING_INVALID */
export function checkInterval({ runIds, startStep, endStep }: IntervalSearch): void {
  if (runIds.length > MOST_RUNS)
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    )
  if ((startStep === undefined) !== (endStep === undefined))
    throw invalid('If either start step or end step are specified, both must be specified.')
  if (startStep !== undefined && endStep !== undefined && startStep > endStep)
    throw invalid(
      `end_step must be greater than start_step. Found start_step=${startStep} and end_step=${endStep}.`,
    )
}
