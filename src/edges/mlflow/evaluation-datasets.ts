import type { Json, JsonObject } from '../../base/json.ts'
import type {
  EvaluationContent,
  EvaluationDataset,
  EvaluationRecord,
  Values,
} from '../../capabilities/tracking/index.ts'
import { type Call, call, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { type Fields, isRecord } from './fields.ts'
import { listOrNothing } from './tracking-shapes.ts'

const id = (fields: Fields): string => fields.requiredText('dataset_id')

/** Below `/3.0/mlflow`. Tags and records are JSON within a text there. */
export const evaluationDatasetCalls: readonly Call[] = [
  call('POST', '/datasets/create', async (fields, { tracking }) => ({
    dataset: datasetShape(
      await tracking.evaluationDatasets.create({
        name: fields.requiredText('name'),
        experimentIds: fields.texts('experiment_ids'),
        tags: tagsOf(fields.filledText('tags') ?? '{}'),
      }),
    ),
  })),
  call('POST', '/datasets/search', search),
  call('GET', '/datasets/search', search),
  call('GET', '/datasets/:dataset_id', async (fields, { tracking }) => ({
    dataset: datasetShape(await tracking.evaluationDatasets.get(id(fields))),
  })),
  call('DELETE', '/datasets/:dataset_id', async (fields, { tracking }) => {
    await tracking.evaluationDatasets.remove(id(fields))
    return {}
  }),
  call('PATCH', '/datasets/:dataset_id/tags', async (fields, { tracking }) => {
    await tracking.evaluationDatasets.setTags(id(fields), tagsOf(fields.requiredText('tags')))
    return {}
  }),
  call('DELETE', '/datasets/:dataset_id/tags/:key', async (fields, { tracking }) => {
    await tracking.evaluationDatasets.deleteTag(id(fields), fields.requiredText('key'))
    return {}
  }),
  call('GET', '/datasets/:dataset_id/experiment-ids', async (fields, { tracking }) => {
    const { experimentIds } = await tracking.evaluationDatasets.get(id(fields))
    return { experiment_ids: listOrNothing(experimentIds) }
  }),
  call('POST', '/datasets/:dataset_id/add-experiments', async (fields, { tracking }) => {
    const ids = fields.texts('experiment_ids')
    return { dataset: datasetShape(await tracking.evaluationDatasets.addTo(id(fields), ids)) }
  }),
  call('POST', '/datasets/:dataset_id/remove-experiments', async (fields, { tracking }) => {
    const ids = fields.texts('experiment_ids')
    return { dataset: datasetShape(await tracking.evaluationDatasets.removeFrom(id(fields), ids)) }
  }),
  ...recordCalls(),
]

function recordCalls(): readonly Call[] {
  return [
    call('POST', '/datasets/:dataset_id/records', async (fields, { tracking }) => {
      const records = recordsOf(fields.requiredText('records'))
      const counts = await tracking.evaluationDatasets.putRecords(id(fields), records)
      return { inserted_count: counts.inserted, updated_count: counts.updated }
    }),
    call('GET', '/datasets/:dataset_id/records', async (fields, { tracking }) => {
      const page = await tracking.evaluationDatasets.listRecords(id(fields), {
        maxResults: fields.whole('max_results'),
        pageToken: fields.text('page_token'),
      })
      return {
        records: JSON.stringify(page.items.map(recordShape)),
        next_page_token: page.nextPageToken ?? undefined,
      }
    }),
    call('DELETE', '/datasets/:dataset_id/records', async (fields, { tracking }) => {
      const ids = fields.texts('dataset_record_ids')
      return { deleted_count: await tracking.evaluationDatasets.deleteRecords(id(fields), ids) }
    }),
  ]
}

async function search(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const page = await tracking.evaluationDatasets.search({
    experimentIds: fields.texts('experiment_ids'),
    filter: fields.text('filter_string'),
    orderBy: fields.texts('order_by'),
    // Zero is protobuf's word for nothing said.
    maxResults: fields.whole('max_results') || undefined,
    pageToken: fields.text('page_token'),
  })
  return {
    datasets: listOrNothing(page.items.map(datasetShape)),
    next_page_token: page.nextPageToken ?? undefined,
  }
}

function tagsOf(text: string): Values {
  const tags = parse(text, 'tags')
  if (!isRecord(tags)) throw wrong('tags', 'an object')
  const said = Object.entries(tags).filter(([, value]) => value !== null)
  return Object.fromEntries(
    said.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

function recordsOf(text: string): readonly EvaluationContent[] {
  const records = parse(text, 'records')
  if (!Array.isArray(records)) throw wrong('records', 'a list of objects')
  return records.map((record) => {
    if (!isRecord(record)) throw wrong('records', 'a list of objects')
    const { inputs = {}, outputs, expectations, tags, source } = record
    const objects = [inputs, expectations ?? {}, tags ?? {}]
    if (!objects.every(isRecord)) throw wrong('records', 'objects as inputs, expectations and tags')
    return {
      inputs: inputs as JsonObject,
      outputs: outputs as Json | undefined,
      expectations: (expectations ?? undefined) as JsonObject | undefined,
      tags: (tags ?? undefined) as JsonObject | undefined,
      source: source as Json | undefined,
    }
  })
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw wrong(name, 'JSON')
  }
}

function wrong(name: string, expected: string): ProtocolError {
  return new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value for parameter '${name}' supplied: it is not ${expected}.`,
  )
}

function datasetShape(dataset: EvaluationDataset) {
  return {
    dataset_id: dataset.id,
    name: dataset.name,
    tags: JSON.stringify(dataset.tags),
    schema: dataset.schema ?? undefined,
    profile: dataset.profile ?? undefined,
    digest: dataset.digest,
    created_time: dataset.createdAt,
    last_update_time: dataset.updatedAt,
    created_by: dataset.createdBy ?? undefined,
    last_updated_by: dataset.updatedBy ?? undefined,
    experiment_ids: listOrNothing(dataset.experimentIds),
  }
}

function recordShape({
  id: recordId,
  datasetId,
  createdAt,
  updatedAt,
  ...content
}: EvaluationRecord) {
  const { source } = content
  const type = isRecord(source) ? source['source_type'] : undefined
  return {
    dataset_record_id: recordId,
    dataset_id: datasetId,
    ...content,
    source_type: typeof type === 'string' ? type : undefined,
    created_time: createdAt,
    last_update_time: updatedAt,
  }
}
