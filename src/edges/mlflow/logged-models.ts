import { LOGGED_MODEL_STATUSES, type LoggedModelStatus } from '../../capabilities/tracking/index.ts'
import { listRoot } from './artifacts.ts'
import { type Call, call, keyValues } from './call.ts'
import type { Fields } from './fields.ts'
import { loggedModelPage } from './read-answers.ts'
import { WrittenAnswer } from './send.ts'
import { loggedModelShape } from './tracking-shapes.ts'

const STATUSES: Readonly<Record<string, LoggedModelStatus>> = Object.fromEntries(
  LOGGED_MODEL_STATUSES.map((status) => [`LOGGED_MODEL_${status}`, status]),
)

const modelId = (fields: Fields): string => fields.requiredText('model_id')

function dataset(fields: Fields) {
  return { name: fields.requiredText('dataset_name'), digest: fields.filledText('dataset_digest') }
}

export const loggedModelCalls: readonly Call[] = [
  call('POST', '/logged-models', async (fields, { tracking }) => ({
    model: loggedModelShape(
      await tracking.createLoggedModel({
        experimentId: fields.requiredText('experiment_id'),
        name: fields.text('name'),
        modelType: fields.filledText('model_type'),
        sourceRunId: fields.filledText('source_run_id'),
        params: keyValues(fields, 'params'),
        tags: keyValues(fields, 'tags'),
      }),
    ),
  })),
  call('POST', '/logged-models/search', async (fields, { tracking }) => {
    const asked = {
      experimentIds: fields.requiredTexts('experiment_ids'),
      filter: fields.text('filter'),
      orderBy: fields.messages('order_by').map((order) => ({
        field: order.requiredText('field_name'),
        ascending: !order.has('ascending') || order.flag('ascending'),
        dataset: order.filledText('dataset_name') === undefined ? undefined : dataset(order),
      })),
      datasets: fields.messages('datasets').map(dataset),
      maxResults: fields.whole('max_results'),
      pageToken: fields.text('page_token'),
    }
    const answer = await tracking.writeAnswer(loggedModelPage, 'searchLoggedModels', asked)
    return new WrittenAnswer(answer)
  }),
  call('GET', '/logged-models/:model_id', async (fields, { tracking }) => ({
    model: loggedModelShape(
      await tracking.getLoggedModel(modelId(fields), fields.flag('allow_deleted')),
    ),
  })),
  call('PATCH', '/logged-models/:model_id', async (fields, { tracking }) => {
    const status = fields.requiredOneOf('status', STATUSES, LOGGED_MODEL_STATUSES)
    return { model: loggedModelShape(await tracking.finishLoggedModel(modelId(fields), status)) }
  }),
  call('DELETE', '/logged-models/:model_id', async (fields, { tracking }) => {
    await tracking.deleteLoggedModel(modelId(fields))
    return {}
  }),
  call('PATCH', '/logged-models/:model_id/tags', async (fields, { tracking }) => {
    await tracking.setLoggedModelTags(modelId(fields), keyValues(fields, 'tags'))
    return {}
  }),
  call('DELETE', '/logged-models/:model_id/tags/:tag_key', async (fields, { tracking }) => {
    await tracking.deleteLoggedModelTag(modelId(fields), fields.requiredText('tag_key'))
    return {}
  }),
  call('POST', '/logged-models/:model_id/params', async (fields, { tracking }) => {
    await tracking.logLoggedModelParams(modelId(fields), keyValues(fields, 'params'))
    return {}
  }),
  call('GET', '/logged-models/:model_id/artifacts/directories', async (fields, deps) => {
    const model = await deps.tracking.getLoggedModel(modelId(fields))
    return listRoot(deps, model.artifactUri, fields.text('artifact_directory_path') ?? '')
  }),
]
