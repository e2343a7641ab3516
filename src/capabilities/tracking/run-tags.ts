import type { Tx } from '../../storage/database/port.ts'
import { checkKey, checkLength, KEY_LENGTH, RUN_TAG_VALUE_LENGTH } from './names.ts'
import type { KeyValue } from './schema.ts'
import { tables } from './store.ts'

/** Always the same as the name of the run. */
export const RUN_NAME_TAG = 'mlflow.runName'

export function checkRunTag({ key }: KeyValue, path: string): void {
  checkKey(key, path)
  checkLength(path, KEY_LENGTH, key)
}

/** Sets tags without further checks, in the caller's transaction. The last of equal keys counts. */
export async function putTags(tx: Tx, runId: string, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return
  const last = new Map(tags.map(({ key, value }) => [key, value.slice(0, RUN_TAG_VALUE_LENGTH)]))
  await tables(tx)
    .insertInto('tracking_tags')
    .values([...last].map(([key, value]) => ({ run_id: runId, key, value })))
    .onConflict((conflict) =>
      conflict
        .columns(['run_id', 'key'])
        .doUpdateSet((update) => ({ value: update.ref('excluded.value') })),
    )
    .execute()
}
