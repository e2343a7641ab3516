import { directOf, type Insertion, type SqlValue } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { MetricKeys } from './metric-keys.ts'
import type { WritableRun } from './runs.ts'
import type { NewMetric } from './schema.ts'
import { comparePoints, extendSeries, latePoints, type Point, type Series } from './series.ts'
import { inChunks, tables, toMeasured, toPoint } from './store.ts'

const POINTS: Insertion = {
  into: 'tracking_points (run, key, step, at, value, is_nan)',
  columns: 6,
  otherwise: 'on conflict do nothing',
}

const SERIES: Insertion = {
  into: 'tracking_series (run, key, experiment, started, step, at, value, is_nan, lowest, highest, logged, in_order)',
  columns: 12,
  otherwise: `on conflict (run, key) do update set step = excluded.step, at = excluded.at, value = excluded.value,
    is_nan = excluded.is_nan, lowest = excluded.lowest, highest = excluded.highest, logged = excluded.logged,
    in_order = excluded.in_order`,
}

const SERIES_COLUMNS = 'key, step, at, value, is_nan, lowest, highest, logged, in_order'
const FEW = 4

/** Adds to the history (an exact repetition vanishes) and moves the series on, in the caller's transaction. */
export async function putMetrics(
  tx: Tx,
  keys: MetricKeys,
  run: WritableRun,
  metrics: readonly NewMetric[],
): Promise<void> {
  if (metrics.length === 0) return
  const byKey = new Map<number, Point[]>()
  for (const metric of metrics) {
    const found = keys.idOf(tx, metric.key)
    const key = typeof found === 'number' ? found : await found
    const points = byKey.get(key)
    if (points === undefined) byKey.set(key, [toPoint(metric)])
    else points.push(toPoint(metric))
  }
  const rows: SqlValue[][] = []
  for (const [key, points] of byKey) {
    if (points.length > 1) points.sort(comparePoints)
    for (const { step, at, value, is_nan } of points)
      rows.push([run.seq, key, step, at, value, is_nan])
  }
  await directOf(tx).insert(POINTS, rows)
  await extendAll(tx, run, byKey)
  await putModelMetrics(tx, run.id, metrics)
}

async function extendAll(
  tx: Tx,
  { seq, experiment_id, start_time }: WritableRun,
  byKey: ReadonlyMap<number, readonly Point[]>,
): Promise<void> {
  const before = await seriesOf(tx, seq, [...byKey.keys()])
  const rows: SqlValue[][] = []
  for (const [key, points] of byKey) {
    const old = before.get(key)
    let next = extendSeries(old, points)
    for (const point of latePoints(old, points))
      if (!(await fitsBetweenNeighbors(tx, seq, key, point))) next = { ...next, in_order: 0 }
    const { step, at, value, is_nan, lowest, highest, logged, in_order } = next
    rows.push(
      [seq, key, experiment_id, start_time, step, at, value, is_nan].concat([
        lowest,
        highest,
        logged,
        in_order,
      ] as number[]),
    )
  }
  await directOf(tx).insert(SERIES, rows)
}

type KeyedSeries = Series & { readonly key: number }

async function seriesOf(
  tx: Tx,
  run: number,
  keys: readonly number[],
): Promise<ReadonlyMap<number, Series>> {
  const direct = directOf(tx)
  const found = new Map<number, Series>()
  if (keys.length > FEW) {
    const sql = `select ${SERIES_COLUMNS} from tracking_series where run = ?`
    for (const row of await direct.all<KeyedSeries>(sql, [run])) found.set(row.key, row)
    return found
  }
  const sql = `select ${SERIES_COLUMNS} from tracking_series where run = ? and key = ?`
  for (const key of keys) {
    const [row] = await direct.all<KeyedSeries>(sql, [run, key])
    if (row !== undefined) found.set(key, row)
  }
  return found
}

const NEIGHBOR = (beyond: '<' | '>', direction: 'desc' | 'asc'): string =>
  `select at from tracking_points where run = ? and key = ? and (step, at, value, is_nan) ${beyond} (?, ?, ?, ?)
   order by step ${direction}, at ${direction}, value ${direction}, is_nan ${direction} limit 1`
const BEFORE = NEIGHBOR('<', 'desc')
const AFTER = NEIGHBOR('>', 'asc')

async function fitsBetweenNeighbors(
  tx: Tx,
  run: number,
  key: number,
  { step, at, value, is_nan }: Point,
): Promise<boolean> {
  const place = [run, key, step, at, value, is_nan]
  const [before] = await directOf(tx).all<{ at: number }>(BEFORE, place)
  const [after] = await directOf(tx).all<{ at: number }>(AFTER, place)
  return (before?.at ?? at) <= at && at <= (after?.at ?? at)
}

const ROWS_IN_ONE_STATEMENT = 500

/** What the metrics say of logged models, in the caller's transaction. */
export async function putModelMetrics(
  tx: Tx,
  runId: string,
  metrics: readonly NewMetric[],
): Promise<void> {
  const measured = metrics.filter(({ modelId }) => modelId !== undefined && modelId !== '')
  const rows = measured.map((metric) => ({
    model_id: metric.modelId ?? '',
    run_id: runId,
    dataset_name: metric.datasetName ?? '',
    dataset_digest: metric.datasetDigest ?? '',
    ...toMeasured(metric),
  }))
  for (const chunk of inChunks(rows, ROWS_IN_ONE_STATEMENT))
    await tables(tx)
      .insertInto('tracking_model_metrics')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
