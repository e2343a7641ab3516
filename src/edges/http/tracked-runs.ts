import type { FastifyInstance } from 'fastify'
import { PARENT_TAG, type Run } from '../../capabilities/tracking/index.ts'
import type { RunModel, TrackedRun } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { keyValues } from './experiments.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { clientTime, clientTimeOrNull } from './time.ts'

type Deps = Pick<ApiDeps, 'tracking' | 'registry' | 'artifacts'>

const MOST_COMPARED = 20

export function registerTrackedRuns(app: FastifyInstance, deps: Deps): void {
  handle(app, operations.trackedRun, ({ params }) => readRun(deps, params.id))
  handle(app, operations.comparedRuns, async ({ query: { id: ids } }) => {
    if (ids.length > MOST_COMPARED)
      throw httpErrors.REQUEST_INVALID({
        detail: `${ids.length} runs were asked for; at most ${MOST_COMPARED} are compared.`,
        path: 'id',
      })
    return { items: await Promise.all(ids.map((id) => readRun(deps, id))) }
  })
}

async function readRun(deps: Deps, id: string): Promise<TrackedRun> {
  const { tracking, artifacts } = deps
  const run = await tracking.getRun(id)
  const parentId = run.tags[PARENT_TAG] ?? null
  const [experiment, children, versions, models, parent] = await Promise.all([
    tracking.getExperiment(run.experimentId),
    tracking.countChildren(id),
    versionsWhere(deps, 'run_id', id),
    readModels(deps, run),
    parentId === null ? null : tracking.getRunInfo(parentId).catch(() => null),
  ])
  return {
    id: run.id,
    name: run.name,
    experiment_id: run.experimentId,
    experiment_name: experiment.name,
    status: run.status,
    user: run.userId,
    started_at: clientTime(run.startTime),
    ended_at: clientTimeOrNull(run.endTime),
    lifecycle: run.lifecycle,
    parent_id: parentId,
    parent_name: parent?.name ?? null,
    children,
    artifact_uri: run.artifactUri,
    artifacts_here: artifacts.localPath(run.artifactUri) !== null,
    params: keyValues(run.params),
    tags: keyValues(run.tags),
    ...valuesOf(run),
    models,
    versions,
  }
}

function valuesOf(run: Run): Pick<TrackedRun, 'metrics' | 'datasets'> {
  return {
    metrics: run.metrics
      .map(({ key, value, step, at }) => ({
        key,
        value: Number.isNaN(value) ? ('NaN' as const) : value,
        step,
        at: clientTime(at),
      }))
      .toSorted((a, b) => a.key.localeCompare(b.key)),
    datasets: run.datasets.map(({ dataset, tags }) => ({
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: dataset.schema,
      profile: dataset.profile,
      context: tags.find(({ key }) => key === 'mlflow.data.context')?.value ?? null,
    })),
  }
}

async function versionsWhere({ registry }: Deps, key: 'run_id' | 'source_path', value: string) {
  const filter = `${key} = '${value.replaceAll("'", "''")}'`
  const { items } = await registry.searchVersions({ filter, maxResults: 100 })
  return items.map(({ model, version }) => ({ model, version }))
}

async function readModels(deps: Deps, run: Run): Promise<readonly RunModel[]> {
  const links = [
    ...run.modelOutputs.map(({ modelId }) => ({ id: modelId, direction: 'output' as const })),
    ...run.modelInputs.map(({ modelId }) => ({ id: modelId, direction: 'input' as const })),
  ]
  const models = links.map(async ({ id, direction }): Promise<RunModel> => {
    const model = await deps.tracking.getLoggedModel(id, true).catch(() => null)
    const versions = await versionsWhere(deps, 'source_path', `models:/${id}`)
    return { id, direction, name: model?.name ?? id, status: model?.status ?? 'gone', versions }
  })
  return Promise.all(models)
}
