import { directOf } from '../../../storage/database/direct.ts'
import type { Tx } from '../../../storage/database/port.ts'
import type { RunSnapshot } from './schema.ts'
import { snapshotId } from './snapshot-id.ts'
import { saveLinks, saveSnapshot } from './store.ts'

/**
 * Takes over what a run started in, as an archive tells it. The id is made of the content: one that an archive names could be
 * that of another snapshot here. A run that has a snapshot keeps it.
 */
export async function adoptSnapshot(
  tx: Tx,
  runId: string,
  { snapshot, ...found }: RunSnapshot,
): Promise<void> {
  const linked = 'select 1 from tracking_run_snapshots where run_id = ?'
  if ((await directOf(tx).all(linked, [runId])).length > 0) return
  const own = { ...snapshot, id: snapshotId(snapshot) }
  await saveSnapshot(tx, own)
  await saveLinks(tx, [{ ...found, runId, snapshotId: own.id }])
}

/** The copy of a run started in what the run started in. */
export async function copySnapshot(tx: Tx, fromRun: string, toRun: string): Promise<void> {
  await directOf(tx).run(
    `insert into tracking_run_snapshots (run_id, snapshot_id, script, matched_by, client, at)
     select cast(? as text), snapshot_id, script, matched_by, client, at
     from tracking_run_snapshots where run_id = ?`,
    [toRun, fromRun],
  )
}
