import type { Query } from '../../storage/database/port.ts'
import { tables } from './store.ts'

/** Of the runs of an experiment that are not deleted, the oldest first. */
export async function listRunIds(query: Query, experimentId: string): Promise<readonly string[]> {
  const rows = await tables(query)
    .selectFrom('tracking_runs')
    .select('id')
    .where('experiment_id', '=', Number(experimentId))
    .where('lifecycle', '=', 'active')
    .orderBy('start_time')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** The logged models that a run made and that are not deleted. */
export async function listModelsOfRun(query: Query, runId: string): Promise<readonly string[]> {
  const rows = await tables(query)
    .selectFrom('tracking_logged_models')
    .select('id')
    .where('source_run_id', '=', runId)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}
