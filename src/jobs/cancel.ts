import type { Tx } from '../storage/database/port.ts'
import type { JobSpec } from './schema.ts'
import type { JobTables } from './store.ts'

/**
 * Cancels a job that no worker has, at `now` (project time). False when a worker has it, or it has ended: what runs is
 * stopped by its own handler, through `giveUp`.
 */
export async function cancelQueuedJob(
  tx: Tx,
  { kind, key }: Required<Pick<JobSpec, 'kind' | 'key'>>,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<JobTables>()
    .updateTable('jobs')
    .set({ state: 'cancelled', finished_at: now, lease_until: null })
    .where('kind', '=', kind)
    .where('key', '=', key ?? null)
    .where('state', '=', 'queued')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
