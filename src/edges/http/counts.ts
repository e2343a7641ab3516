import { endpointOf } from '../../automation/policy.ts'
import { listRollouts } from '../../capabilities/deployments/index.ts'
import { listGates } from '../../capabilities/evaluation/index.ts'
import { countPredictions } from '../../capabilities/monitoring/index.ts'
import { listRuns } from '../../capabilities/pipelines/index.ts'
import { listReports } from '../../capabilities/validation/index.ts'
import type { Counts } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { policyOf } from './model-facts.ts'
import { MOST_ROWS } from './page.ts'
import { modelOfDataset } from './told-events.ts'

/** @throws MODEL_UNKNOWN */
export async function countModel(deps: ApiDeps, name: string): Promise<Counts> {
  const { query } = deps.database
  const endpoint = endpointOf(name, policyOf(deps, name))
  const project = deps.project()
  const limit = MOST_ROWS
  const [predictions, runs, reports, gates, rollouts] = await Promise.all([
    countPredictions(query, name),
    listRuns(query, { model: name, status: 'succeeded', limit }),
    listReports(query, { verdict: 'failed', limit }),
    listGates(query, { model: name, limit }),
    listRollouts(query, { endpoint, limit }),
  ])
  const { logged, labelled } = predictions
  const data = reports.filter(({ dataset }) => modelOfDataset(dataset, project) === name).length
  const gate = gates.filter(
    ({ champion, report }) => champion !== null && report.verdict !== 'passed',
  ).length
  return {
    predictions: { logged, labelled },
    retrainings: { done: runs.filter(({ causedBy }) => causedBy?.startsWith('dec_')).length },
    refused: { data, gate },
    rolled_back: rollouts.filter(({ state }) => state === 'aborted' || state === 'rolled_back')
      .length,
  }
}
