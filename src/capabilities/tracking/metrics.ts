import { sql } from 'kysely'
import type { Query, Tx } from '../../storage/database/port.ts'
import { pageOf, type Page, startOfPage } from './filter/page.ts'
import { getRunInfo } from './runs.ts'
import type { Metric, NewMetric } from './schema.ts'
import { inChunks, type MetricRow, tables, toMeasured, toMetric } from './store.ts'

const ROWS_IN_ONE_STATEMENT = 500

/** Adds to the history (an exact repetition vanishes) and moves the latest values, in the caller's transaction. */
export async function putMetrics(
  tx: Tx,
  runId: string,
  metrics: readonly NewMetric[],
): Promise<void> {
  const rows = metrics.map((metric) => ({ run_id: runId, ...toMeasured(metric) }))
  for (const chunk of inChunks(rows, ROWS_IN_ONE_STATEMENT))
    await tables(tx)
      .insertInto('tracking_metrics')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  for (const chunk of inChunks(latestOf(rows), ROWS_IN_ONE_STATEMENT)) await putLatest(tx, chunk)
  await putModelMetrics(tx, runId, metrics)
}

function latestOf(rows: readonly MetricRow[]): readonly MetricRow[] {
  const latest = new Map<string, MetricRow>()
  for (const row of rows) {
    const other = latest.get(row.key)
    if (other === undefined || isLater(row, other)) latest.set(row.key, row)
  }
  return [...latest.values()]
}

function isLater(one: MetricRow, other: MetricRow): boolean {
  if (one.step !== other.step) return one.step > other.step
  if (one.at !== other.at) return one.at > other.at
  return one.value > other.value
}

async function putLatest(tx: Tx, rows: readonly MetricRow[]): Promise<void> {
  await tables(tx)
    .insertInto('tracking_latest_metrics')
    .values([...rows])
    .onConflict((conflict) =>
      conflict
        .columns(['run_id', 'key'])
        .doUpdateSet((update) => ({
          at: update.ref('excluded.at'),
          step: update.ref('excluded.step'),
          value: update.ref('excluded.value'),
          is_nan: update.ref('excluded.is_nan'),
        }))
        .where(
          sql<boolean>`(excluded.step, excluded.at, excluded.value) > (tracking_latest_metrics.step, tracking_latest_metrics.at, tracking_latest_metrics.value)`,
        ),
    )
    .execute()
}

async function putModelMetrics(
  tx: Tx,
  runId: string,
  metrics: readonly NewMetric[],
): Promise<void> {
  const rows = metrics.flatMap((metric) =>
    metric.modelId === undefined || metric.modelId === ''
      ? []
      : [
          {
            model_id: metric.modelId,
            run_id: runId,
            dataset_name: metric.datasetName ?? '',
            dataset_digest: metric.datasetDigest ?? '',
            ...toMeasured(metric),
          },
        ],
  )
  for (const chunk of inChunks(rows, ROWS_IN_ONE_STATEMENT))
    await tables(tx)
      .insertInto('tracking_model_metrics')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

export interface HistorySearch {
  readonly key: string
  /** All of it when left out. */
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

/** By time, step and value. @throws TRACKING_UNKNOWN */
export async function getMetricHistory(
  query: Query,
  runId: string,
  { key, maxResults, pageToken }: HistorySearch,
): Promise<Page<Metric>> {
  await getRunInfo(query, runId)
  const start = startOfPage(pageToken)
  const ordered = tables(query)
    .selectFrom('tracking_metrics')
    .selectAll()
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .orderBy('at')
    .orderBy('step')
    .orderBy('value')
  const rows = await (
    maxResults === undefined ? ordered : ordered.limit(maxResults + 1).offset(start)
  ).execute()
  return pageOf(rows.map(toMetric), start, maxResults ?? rows.length)
}
