import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type {
  Experiment as StoredExperiment,
  RunCounts,
} from '../../capabilities/tracking/index.ts'
import type { Experiment, experimentActionSchema, KeyValue } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { httpErrors } from './errors.ts'
import { handle } from './handle.ts'
import { operations } from './operations.ts'
import { MOST_ROWS, pageOf } from './page.ts'
import { clientTime, clientTimeOrNull } from './time.ts'

type Deps = Pick<ApiDeps, 'tracking'>

/** MLflow's own place for the description of an experiment or a run. */
export const NOTE_TAG = 'mlflow.note.content'

export function registerExperiments(app: FastifyInstance, deps: Deps): void {
  const { tracking } = deps
  handle(app, operations.experiments, async ({ query: asked }) => {
    const { view, filter } = asked
    const found = await tracking.searchExperiments({ view, filter, maxResults: MOST_ROWS })
    const page = pageOf(found.items, asked, ({ id }) => id)
    const counts = await tracking.countRunsByExperiment()
    return { ...page, items: page.items.map((one) => toExperiment(one, counts.get(one.id))) }
  })
  handle(app, operations.experiment, ({ params }) => readExperiment(deps, params.id))
  handle(app, operations.createExperiment, async ({ body }) =>
    readExperiment(deps, await tracking.createExperiment(body)),
  )
  handle(app, operations.changeExperiment, async ({ params: { id, action }, body }) => {
    await change(deps, id, { action, ...body })
    return readExperiment(deps, id)
  })
}

export async function readExperiment({ tracking }: Deps, id: string): Promise<Experiment> {
  const counts = await tracking.countRunsByExperiment()
  return toExperiment(await tracking.getExperiment(id), counts.get(id))
}

interface Change {
  readonly action: z.infer<typeof experimentActionSchema>
  readonly name?: string | undefined
  readonly description?: string | undefined
}

async function change({ tracking }: Deps, id: string, asked: Change): Promise<void> {
  switch (asked.action) {
    case 'rename':
      if (asked.name === undefined)
        throw httpErrors.REQUEST_INVALID({ detail: 'The new name is missing.', path: 'name' })
      return tracking.renameExperiment(id, asked.name)
    case 'describe':
      return tracking.setExperimentTag(id, { key: NOTE_TAG, value: asked.description ?? '' })
    case 'delete':
      return tracking.deleteExperiment(id)
    case 'restore':
      return tracking.restoreExperiment(id)
  }
}

function toExperiment(experiment: StoredExperiment, counts: RunCounts | undefined): Experiment {
  return {
    id: experiment.id,
    name: experiment.name,
    lifecycle: experiment.lifecycle,
    created_at: clientTime(experiment.createdAt),
    updated_at: clientTime(experiment.updatedAt),
    artifact_location: experiment.artifactLocation,
    tags: keyValues(experiment.tags),
    runs: counts?.active ?? 0,
    deleted_runs: counts?.deleted ?? 0,
    last_run_at: clientTimeOrNull(counts?.lastStart ?? null),
  }
}

/** By key. */
export function keyValues(values: Readonly<Record<string, string>>): readonly KeyValue[] {
  return Object.entries(values)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => a.key.localeCompare(b.key))
}
