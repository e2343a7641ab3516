import { directOf, type Insertion } from '../../storage/database/direct.ts'
import type { Tx } from '../../storage/database/port.ts'
import { checkKey, checkLength, KEY_LENGTH, RUN_TAG_VALUE_LENGTH } from './names.ts'
import type { KeyValue } from './schema.ts'

/** Always the same as the name of the run. */
export const RUN_NAME_TAG = 'mlflow.runName'

export function checkRunTag({ key }: KeyValue, path: string): void {
  checkKey(key, path)
  checkLength(path, KEY_LENGTH, key)
}

/** A value that is too long is cut, as MLflow's server does by default. */
export function storedTagValue(value: string): string {
  return value.slice(0, RUN_TAG_VALUE_LENGTH)
}

const TAGS: Insertion = {
  into: 'tracking_tags (run_id, key, value)',
  columns: 3,
  otherwise: 'on conflict (run_id, key) do update set value = excluded.value',
}

/** Sets tags without further checks, in the caller's transaction. The last of equal keys counts. */
export async function putTags(tx: Tx, runId: string, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return
  const last = new Map(tags.map(({ key, value }) => [key, storedTagValue(value)]))
  await directOf(tx).insert(
    TAGS,
    [...last].map(([key, value]) => [runId, key, value]),
  )
}
