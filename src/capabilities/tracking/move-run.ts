import { directOf } from '../../storage/database/direct.ts'
import type { TrackingDeps } from './deps.ts'
import { requireActive } from './experiments.ts'
import { getRunInfo, requireActiveRun } from './runs.ts'
import type { RunInfo } from './schema.ts'

/**
 * Puts a run into another experiment, with the logged models that it made. Its files stay at their address, which is
 * good as before. @throws TRACKING_UNKNOWN, TRACKING_INVALID when one of both is deleted
 */
export async function moveRun(
  deps: TrackingDeps,
  id: string,
  experimentId: string,
): Promise<RunInfo> {
  return deps.database.transaction(async (tx) => {
    const run = await requireActiveRun(tx, id)
    await requireActive(tx, experimentId)
    const to = Number(experimentId)
    const direct = directOf(tx)
    // Data sets belong to an experiment: those that the run read are known in both.
    await direct.run(
      `insert into tracking_datasets (experiment_id, name, digest, source_type, source, schema, profile)
       select cast(? as integer), name, digest, source_type, source, schema, profile from tracking_datasets as known
       where experiment_id = ? and exists (select 1 from tracking_run_datasets as used
         where used.run_id = ? and used.name = known.name and used.digest = known.digest)
       on conflict do nothing`,
      [to, Number(run.experimentId), id],
    )
    await direct.run('update tracking_runs set experiment_id = ? where id = ?', [to, id])
    await direct.run(
      'update tracking_logged_models set experiment_id = ? where source_run_id = ?',
      [to, id],
    )
    return getRunInfo(tx, id)
  })
}
