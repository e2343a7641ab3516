import { endpointOf } from '../../automation/policy.ts'
import { toIso } from '../../base/time.ts'
import { findEndpoint, listRollouts } from '../../capabilities/deployments/index.ts'
import { listGates } from '../../capabilities/evaluation/index.ts'
import type { ModelVersion } from '../../capabilities/registry/index.ts'
import type { Passport, RegisteredVersion } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { MOST_ROWS } from './page.ts'
import { readSignature } from './signature.ts'

type Rest = Omit<Passport, keyof RegisteredVersion>

const COMMIT_TAG = 'mlflow.source.git.commit'

/** Where a version came from, what was decided on it, and where it answers. */
export async function readPassport(deps: ApiDeps, version: ModelVersion): Promise<Rest> {
  const [origin, decisions] = await Promise.all([
    originOf(deps, version),
    decisionsOn(deps, version),
  ])
  const { trainFrom, trainUntil } = version
  return {
    run: origin?.run ?? null,
    pipeline_run_id: version.pipelineRunId,
    data_hash: version.dataMd5,
    commit: version.gitCommit ?? origin?.commit ?? null,
    trained_on:
      trainUntil === null
        ? null
        : { from: trainFrom === null ? null : toIso(trainFrom), until: toIso(trainUntil) },
    caused_by: version.causedBy,
    source: version.source,
    location: version.location,
    digest: version.digest,
    logged_model_id: version.loggedModelId,
    ...decisions,
    signature: await readSignature(deps, version, decisions.serving),
  }
}

/** The tracking run, where it is one of this server. */
async function originOf({ tracking }: ApiDeps, { runId }: ModelVersion) {
  const run = runId === null ? null : await tracking.getRun(runId).catch(() => null)
  if (run === null) return null
  const experiment = await tracking.getExperiment(run.experimentId)
  return {
    run: {
      id: run.id,
      name: run.name,
      experiment_id: run.experimentId,
      experiment: experiment.name,
    },
    commit: run.tags[COMMIT_TAG] ?? null,
  }
}

async function decisionsOn(
  deps: ApiDeps,
  { model, version }: ModelVersion,
): Promise<Pick<Rest, 'gate' | 'rollout' | 'serving'>> {
  const { query } = deps.database
  const endpoint = endpointOf(model, deps.project().models[model] ?? null)
  const [found, gates, rollouts] = await Promise.all([
    findEndpoint(query, endpoint),
    listGates(query, { model, limit: MOST_ROWS }),
    listRollouts(query, { endpoint, limit: MOST_ROWS }),
  ])
  const gate = gates.find(({ challenger }) => challenger === version)
  const rollout = rollouts.find((one) => one.model === model && one.version === version)
  const isUnderWay = rollout?.state === 'running' || rollout?.state === 'paused'
  const isChampion = found?.model === model && found.champion === version
  const role = isChampion ? 'champion' : isUnderWay ? 'challenger' : null
  return {
    gate:
      gate === undefined
        ? null
        : {
            id: gate.id,
            at: toIso(gate.at),
            verdict: gate.report.verdict,
            sentence: gate.report.sentence,
            rows: gate.report.rows,
          },
    rollout:
      rollout === undefined
        ? null
        : { id: rollout.id, state: rollout.state, started_at: toIso(rollout.startedAt) },
    serving: role === null ? null : { endpoint, role, url: deps.dataPlane().url },
  }
}
