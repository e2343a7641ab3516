import type { LifecycleView } from '../../capabilities/tracking/index.ts'
import { type Call, call, keyValues, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { experimentShape, listOrNothing } from './tracking-shapes.ts'

export const experimentCalls: readonly Call[] = [
  call('POST', '/experiments/create', async (fields, { tracking }) => ({
    experiment_id: await tracking.createExperiment({
      name: fields.requiredText('name'),
      artifactLocation: fields.text('artifact_location'),
      tags: keyValues(fields, 'tags'),
    }),
  })),
  call('GET', '/experiments/get', async (fields, { tracking }) => ({
    experiment: experimentShape(await tracking.getExperiment(fields.requiredText('experiment_id'))),
  })),
  call('GET', '/experiments/get-by-name', async (fields, { tracking }) => {
    const name = fields.requiredText('experiment_name')
    const experiment = await tracking.findExperiment(name)
    if (experiment === null)
      throw new ProtocolError(
        'RESOURCE_DOES_NOT_EXIST',
        `Could not find experiment with name '${name}'`,
      )
    return { experiment: experimentShape(experiment) }
  }),
  call('POST', '/experiments/search', search),
  call('GET', '/experiments/search', search),
  call('POST', '/experiments/delete', async (fields, { tracking }) => {
    await tracking.deleteExperiment(fields.requiredText('experiment_id'))
    return {}
  }),
  call('POST', '/experiments/restore', async (fields, { tracking }) => {
    await tracking.restoreExperiment(fields.requiredText('experiment_id'))
    return {}
  }),
  call('POST', '/experiments/update', async (fields, { tracking }) => {
    const id = fields.requiredText('experiment_id')
    await tracking.renameExperiment(id, fields.requiredText('new_name'))
    return {}
  }),
  call('POST', '/experiments/set-experiment-tag', async (fields, { tracking }) => {
    await tracking.setExperimentTag(fields.requiredText('experiment_id'), {
      key: fields.requiredText('key'),
      value: fields.text('value') ?? '',
    })
    return {}
  }),
  call('POST', '/experiments/delete-experiment-tag', async (fields, { tracking }) => {
    const id = fields.requiredText('experiment_id')
    await tracking.deleteExperimentTag(id, fields.requiredText('key'))
    return {}
  }),
  call('POST', '/experiments/search-datasets', searchDatasets),
]

const MOST_EXPERIMENTS = 20

async function searchDatasets(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const ids = fields.texts('experiment_ids')
  if (ids.length === 0)
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      'SearchDatasets request must specify at least one experiment_id.',
    )
  if (ids.length > MOST_EXPERIMENTS)
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      `SearchDatasets request cannot specify more than ${MOST_EXPERIMENTS} experiment_ids. Received ${ids.length} experiment_ids.`,
    )
  const found = await tracking.searchDatasets(ids)
  return {
    dataset_summaries: listOrNothing(
      found.map(({ experimentId, name, digest, context }) => ({
        experiment_id: experimentId,
        name,
        digest,
        context: context ?? undefined,
      })),
    ),
  }
}

async function search(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const page = await tracking.searchExperiments({
    filter: fields.text('filter'),
    view: lifecycleView(fields, 'view_type'),
    orderBy: fields.texts('order_by'),
    maxResults: fields.whole('max_results') ?? 0,
    pageToken: fields.text('page_token'),
  })
  return {
    experiments: listOrNothing(page.items.map(experimentShape)),
    next_page_token: page.nextPageToken ?? undefined,
  }
}

const VIEWS: Readonly<Record<string, LifecycleView>> = {
  ACTIVE_ONLY: 'active',
  DELETED_ONLY: 'deleted',
  ALL: 'all',
}

export function lifecycleView(fields: Fields, name: string): LifecycleView | undefined {
  return fields.oneOf(name, VIEWS, ['active', 'deleted', 'all'])
}
