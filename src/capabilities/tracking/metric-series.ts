import { directOf } from '../../storage/database/direct.ts'
import type { Query } from '../../storage/database/port.ts'
import { unknownRun } from './runs.ts'

/** Where the history of one metric of one run stands, and how much there is. */
export interface SeriesPlace {
  readonly run: number
  readonly key: number
  readonly logged: number
  readonly in_order: number
}

const RUN = 'select seq from tracking_runs where id = ?'
const PLACE = `select series.run, series.key, series.logged, series.in_order
  from tracking_series as series join tracking_keys as name on name.id = series.key
  where series.run = ? and name.key = ?`

/** `null` when the run has no such metric. @throws TRACKING_UNKNOWN when there is no such run */
export async function findSeries(
  query: Query,
  runId: string,
  key: string,
): Promise<SeriesPlace | null> {
  const direct = directOf(query)
  const [run] = await direct.all<{ seq: number }>(RUN, [runId])
  if (run === undefined) throw unknownRun(runId)
  const [place] = await direct.all<SeriesPlace>(PLACE, [run.seq, key])
  return place ?? null
}
