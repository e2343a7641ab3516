import type { Query } from '../../../storage/database/port.ts'
import { trackingErrors } from '../errors.ts'
import { IN_OUR_STORE, SPANS_LOCATION_TAG, type Trace, type TraceInfo } from './schema.ts'
import { readSpan } from './span-content.ts'
import { contentsOf } from './store.ts'
import { getTraceInfo, listTraceInfos } from './traces.ts'

/**
 * With its spans. Unless a partial one will do, all that its client counted must have come.
 * @throws TRACKING_UNKNOWN, TRACE_INCOMPLETE
 */
export async function getTrace(query: Query, id: string, allowPartial: boolean): Promise<Trace> {
  const info = await getTraceInfo(query, id)
  const contents = (await contentsOf(query, [id])).get(id) ?? []
  if (!allowPartial && !isComplete(info, contents.length))
    throw trackingErrors.TRACE_INCOMPLETE({
      detail: `Trace with ID ${id} is not fully exported yet, please try again later.`,
    })
  return { info, spans: contents.map(readSpan) }
}

/** Those that are there and complete, in the order asked for. */
export async function listTraces(query: Query, ids: readonly string[]): Promise<readonly Trace[]> {
  const infos = await listTraceInfos(query, ids)
  const contents = await contentsOf(query, ids)
  return infos.flatMap((info) => {
    const own = contents.get(info.id) ?? []
    return isComplete(info, own.length) ? [{ info, spans: own.map(readSpan) }] : []
  })
}

/** The spans as MLflow's `traces.json` has them; `null` when the client keeps them in its own artifact. */
export async function traceData(query: Query, id: string): Promise<string | null> {
  const info = await getTraceInfo(query, id)
  if (info.tags[SPANS_LOCATION_TAG] !== IN_OUR_STORE) return null
  const contents = (await contentsOf(query, [id])).get(id) ?? []
  return `{"spans": [${contents.join(', ')}]}`
}

function isComplete(info: TraceInfo, spans: number): boolean {
  if (spans === 0) return false
  const stats = info.metadata['mlflow.trace.sizeStats']
  if (stats === undefined) return true
  try {
    const { num_spans: expected } = JSON.parse(stats) as { readonly num_spans?: unknown }
    return typeof expected !== 'number' || spans >= expected
  } catch {
    return true
  }
}
