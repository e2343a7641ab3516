import type { EventInput } from '../../events/index.ts'
import type { RunInfo } from './schema.ts'

export function runFinished(run: RunInfo): EventInput {
  return {
    type: 'tracking.run_finished',
    subject: `run:${run.id}`,
    data: { run_id: run.id, experiment_id: run.experimentId, name: run.name, status: run.status },
    causedBy: null,
  }
}
