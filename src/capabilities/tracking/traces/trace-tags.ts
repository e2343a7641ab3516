import type { TrackingDeps } from '../deps.ts'
import { trackingErrors } from '../errors.ts'
import { checkKey, checkLength, invalid, KEY_LENGTH } from '../names.ts'
import type { KeyValue } from '../schema.ts'
import { SPANS_LOCATION_TAG, type Texts } from './schema.ts'
import { putTexts, tables } from './store.ts'
import { requireTrace } from './traces.ts'

const VALUE_LENGTH = 8000
const OURS = [SPANS_LOCATION_TAG, 'mlflow.trace.archiveLocation', 'mlflow.trace.archivalFailure']

/** @throws TRACKING_UNKNOWN, TRACKING_INVALID */
export async function setTraceTag(
  deps: TrackingDeps,
  id: string,
  { key, value }: KeyValue,
): Promise<void> {
  if (OURS.includes(key)) throw immutable(key, 'set')
  const texts = checkTag(key, value)
  await deps.database.transaction(async (tx) => {
    await requireTrace(tx, id)
    await putTexts(tx, 'tracking_trace_tags', { traceId: id, texts })
  })
}

/** @throws TRACKING_UNKNOWN (also for a tag that is not there), TRACKING_INVALID */
export async function deleteTraceTag(deps: TrackingDeps, id: string, key: string): Promise<void> {
  if (OURS.slice(0, 2).includes(key)) throw immutable(key, 'deleted')
  await deps.database.transaction(async (tx) => {
    await requireTrace(tx, id)
    const { numDeletedRows } = await tables(tx)
      .deleteFrom('tracking_trace_tags')
      .where('trace_id', '=', id)
      .where('key', '=', key)
      .executeTakeFirst()
    if (numDeletedRows === 0n)
      throw trackingErrors.TRACKING_UNKNOWN({
        detail: `No trace tag with key '${key}' for trace with ID '${id}'`,
      })
  })
}

function immutable(key: string, change: string): Error {
  return invalid(`Tag '${key}' is immutable and cannot be ${change} on a trace.`)
}

function checkTag(key: string, value: string): Texts {
  checkKey(key, 'key')
  checkLength('key', KEY_LENGTH, key)
  return { [key]: value.slice(0, VALUE_LENGTH) }
}

/** Those that can be tags: what a program says beside its spans is no reason to refuse the spans. */
export function keepTags(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) => {
      try {
        return Object.entries(checkTag(key, value))
      } catch {
        return []
      }
    }),
  )
}
