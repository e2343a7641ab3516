import { directOf } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import { createMetricKeys } from './metric-keys.ts'
import { putMetrics } from './metrics.ts'
import { unknownRun, type WritableRun } from './runs.ts'
import type { NewMetric } from './schema.ts'
import { toPoint } from './store.ts'

const RUN = 'select id, seq, experiment_id, start_time, lifecycle from tracking_runs where id = ?'
const KNOWN = `select 1 as known from tracking_points
  where run = ? and key = ? and step = ? and at = ? and value = ? and is_nan = ?`

/**
 * Takes over a piece of the history of a run, also of a deleted one; how many points were new. Those that are there
 * are not logged again, so that a second import leaves the counts of the series as they are.
 */
export async function adoptMetrics(
  tx: Tx,
  runId: string,
  metrics: readonly NewMetric[],
): Promise<number> {
  const [run] = await directOf(tx).all<WritableRun>(RUN, [runId])
  if (run === undefined) throw unknownRun(runId)
  // Of its own: should the transaction fail, no number that it took back is remembered.
  const keys = createMetricKeys()
  const fresh = new Map<string, NewMetric>()
  for (const metric of metrics) {
    const { step, at, value, is_nan } = toPoint(metric)
    const place = [run.seq, await keys.idOf(tx, metric.key), step, at, value, is_nan]
    const [known] = await directOf(tx).all(KNOWN, place)
    if (known === undefined) fresh.set(place.join(' '), metric)
  }
  await putMetrics(tx, keys, run, [...fresh.values()])
  return fresh.size
}
