import { RUN_STATUSES } from '../../capabilities/tracking/index.ts'
import { type Call, call, keyValues, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import { lifecycleView } from './experiments.ts'
import type { Fields } from './fields.ts'
import { runAnswer, runPage } from './read-answers.ts'
import { WrittenAnswer } from './send.ts'
import { runInfoShape, runShape } from './tracking-shapes.ts'

const STATUSES = Object.fromEntries(RUN_STATUSES.map((status) => [status, status]))

/** Older clients say run_uuid. */
export function runId(fields: Fields): string {
  return fields.text('run_id') === undefined && fields.has('run_uuid')
    ? fields.requiredText('run_uuid')
    : fields.requiredText('run_id')
}

export const runCalls: readonly Call[] = [
  call('POST', '/runs/create', async (fields, { tracking }, client) => ({
    run: runShape(
      await tracking.createRun({
        experimentId: fields.text('experiment_id') ?? '',
        userId: fields.text('user_id'),
        startTime: fields.whole('start_time'),
        name: fields.text('run_name'),
        tags: keyValues(fields, 'tags'),
        client,
      }),
    ),
  })),
  call('POST', '/runs/update', async (fields, { tracking }) => ({
    run_info: runInfoShape(
      await tracking.updateRun(runId(fields), {
        status: fields.oneOf('status', STATUSES, RUN_STATUSES),
        endTime: fields.whole('end_time'),
        name: fields.text('run_name'),
      }),
    ),
  })),
  call(
    'GET',
    '/runs/get',
    async (fields, { tracking }) =>
      new WrittenAnswer(runAnswer(await tracking.getRunText(runId(fields)))),
  ),
  call('POST', '/runs/delete', async (fields, { tracking }) => {
    await tracking.deleteRun(runId(fields))
    return {}
  }),
  call('POST', '/runs/restore', async (fields, { tracking }) => {
    await tracking.restoreRun(runId(fields))
    return {}
  }),
  call('POST', '/runs/search', search),
  call('POST', '/runs/log-inputs', logInputs),
  call('POST', '/runs/outputs', async (fields, { tracking }) => {
    await tracking.logOutputs(runId(fields), modelLinks(fields))
    return {}
  }),
  call('POST', '/runs/log-model', logModel),
]

async function search(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const asked = {
    experimentIds: fields.texts('experiment_ids'),
    filter: fields.text('filter'),
    view: lifecycleView(fields, 'run_view_type'),
    orderBy: fields.texts('order_by'),
    maxResults: fields.whole('max_results'),
    pageToken: fields.text('page_token'),
  }
  return new WrittenAnswer(await tracking.writeAnswer(runPage, 'searchRuns', asked))
}

function modelLinks(fields: Fields) {
  return fields.messages('models').map((model) => ({
    modelId: model.requiredText('model_id'),
    step: model.whole('step') ?? 0,
  }))
}

async function logInputs(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const datasets = fields.messages('datasets').map((input) => {
    const dataset = input.message('dataset')
    if (dataset === undefined)
      throw new ProtocolError(
        'INVALID_PARAMETER_VALUE',
        'Dataset input must have a dataset associated with it.',
      )
    return {
      dataset: {
        name: dataset.requiredText('name'),
        digest: dataset.requiredText('digest'),
        sourceType: dataset.requiredText('source_type'),
        source: dataset.requiredText('source'),
        schema: dataset.text('schema') ?? null,
        profile: dataset.text('profile') ?? null,
      },
      tags: keyValues(input, 'tags'),
    }
  })
  await tracking.logInputs(runId(fields), { datasets, models: modelLinks(fields) })
  return {}
}

const HISTORY_TAG = 'mlflow.log-model.history'

// What clients did before logged models: the run keeps the list of its models in a tag.
async function logModel(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const id = runId(fields)
  const text = fields.requiredText('model_json')
  const model = parse(text)
  if (model === undefined)
    throw new ProtocolError(
      'INVALID_PARAMETER_VALUE',
      `Malformed model info. \n ${text} \n is not a valid JSON.`,
    )
  await tracking.amendTag(id, {
    key: HISTORY_TAG,
    amend: (before = '[]') => {
      const history = parse(before)
      return JSON.stringify([...(Array.isArray(history) ? history : []), model])
    },
  })
  return {}
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
