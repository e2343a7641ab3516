import type { Database } from '../../storage/database/port.ts'
import { type EndingDeps, endRun } from './ending.ts'
import { pipelineErrors } from './errors.ts'
import type { PipelineRun } from './schema.ts'
import { endOrphans } from './stage-process.ts'
import { PIPELINE_JOB } from './start.ts'
import { findRun, requestCancel } from './store.ts'

export interface CancelDeps extends EndingDeps {
  readonly database: Database
  readonly stateDir: string
}

/**
 * Asks for the end of a run, and returns it as it is then. Once this resolves the run ends as `cancelled`, through a
 * kill of any process: the request stands in the run's row. What waits ends at once; a command that runs is ended with
 * its whole process group by the worker that has it, which then writes the end. Asking again changes nothing.
 * @throws PIPELINE_RUN_UNKNOWN, PIPELINE_RUN_ENDED when it has succeeded or failed, PIPELINE_RUN_OF_SHELL
 */
export async function cancelPipeline(deps: CancelDeps, id: string): Promise<PipelineRun> {
  const { database, clock, stateDir } = deps
  const run = await database.transaction((tx) => requestCancel(tx, id, clock.now()))
  if (run === null) return cancelledBefore(deps, id)
  // Between two tries of its job nobody looks after what a killed worker left running.
  await endOrphans(stateDir)
  // Loaded here: `repro` from a shell needs no queue, and starts quicker without.
  const { cancelQueuedJob } = await import('../../jobs/index.ts')
  await database.transaction(async (tx) => {
    const isNobodys = await cancelQueuedJob(tx, { kind: PIPELINE_JOB, key: id }, clock.now())
    if (isNobodys) await endRun(deps, tx, { ...run, status: 'cancelled' })
  })
  return (await findRun(database.query, id)) ?? run
}

async function cancelledBefore({ database }: CancelDeps, id: string): Promise<PipelineRun> {
  const run = await findRun(database.query, id)
  if (run === null) throw pipelineErrors.PIPELINE_RUN_UNKNOWN({ detail: id })
  if (run.status === 'cancelled') return run
  if (run.origin === 'shell' && run.status === 'running')
    throw pipelineErrors.PIPELINE_RUN_OF_SHELL({ detail: id })
  throw pipelineErrors.PIPELINE_RUN_ENDED({ detail: `${id} has ${run.status}` })
}
