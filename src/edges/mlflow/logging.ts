import { type Call, call, keyValues, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { runId } from './runs.ts'
import { chart, historyOfMany, historyPage } from './read-answers.ts'
import { WrittenAnswer } from './send.ts'

export const loggingCalls: readonly Call[] = [
  call('POST', '/runs/log-metric', async (fields, { tracking }) => {
    const id = runId(fields)
    await tracking.logBatch(id, { metrics: [metric(fields)] })
    return {}
  }),
  call('POST', '/runs/log-parameter', async (fields, { tracking }) => {
    const id = runId(fields)
    const param = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await tracking.logBatch(id, { params: [param] })
    return {}
  }),
  call('POST', '/runs/set-tag', async (fields, { tracking }) => {
    const id = runId(fields)
    const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await tracking.logBatch(id, { tags: [tag] })
    return {}
  }),
  call('POST', '/runs/delete-tag', async (fields, { tracking }) => {
    await tracking.deleteTag(runId(fields), fields.requiredText('key'))
    return {}
  }),
  call('POST', '/runs/log-batch', async (fields, { tracking }) => {
    const id = runId(fields)
    await tracking.logBatch(id, {
      metrics: fields.messages('metrics').map(metric),
      params: keyValues(fields, 'params'),
      tags: keyValues(fields, 'tags'),
    })
    return {}
  }),
  call('GET', '/metrics/get-history', async (fields, { tracking }) => {
    const asked = {
      runId: runId(fields),
      key: fields.requiredText('metric_key'),
      maxResults: pageSize(fields),
      pageToken: fields.text('page_token'),
    }
    return new WrittenAnswer(await tracking.writeAnswer(historyPage, 'history', asked))
  }),
  call('GET', '/metrics/get-history-bulk', historyBulk),
  call('GET', '/metrics/get-history-bulk-interval', historyInterval),
]

const MOST_RUNS = 100

async function historyBulk(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const runIds = fields.texts('run_id')
  if (runIds.length === 0)
    throw invalid('GetMetricHistoryBulk request must specify at least one run_id.')
  if (runIds.length > MOST_RUNS)
    throw invalid(
      `GetMetricHistoryBulk request cannot specify more than ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    )
  const key = fields.text('metric_key')
  if (key === undefined) throw invalid('GetMetricHistoryBulk request must specify a metric_key.')
  const maxResults = fields.whole('max_results')
  const asked = { runIds, key, maxResults }
  return new WrittenAnswer(await tracking.writeAnswer(historyOfMany, 'historyBulk', asked))
}

const MOST_POINTS = 2500

async function historyInterval(fields: Fields, { tracking }: MlflowDeps): Promise<object> {
  const runIds = fields.requiredTexts('run_ids')
  if (runIds.length > MOST_RUNS)
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    )
  const key = fields.requiredText('metric_key')
  const [startStep, endStep] = [fields.whole('start_step'), fields.whole('end_step')]
  const maxResults = fields.whole('max_results')
  if (maxResults !== undefined && !(maxResults >= 1 && maxResults <= MOST_POINTS))
    throw invalid(`max_results must be between 1 and ${MOST_POINTS}.`)
  const search = { runIds, key, startStep, endStep, maxResults }
  return new WrittenAnswer(await tracking.writeAnswer(chart, 'historySteps', search))
}

function metric(fields: Fields) {
  return {
    key: fields.requiredText('key'),
    value: fields.requiredNumber('value'),
    at: fields.requiredWhole('timestamp'),
    step: fields.whole('step') ?? 0,
    modelId: fields.text('model_id'),
    datasetName: fields.text('dataset_name'),
    datasetDigest: fields.text('dataset_digest'),
  }
}

function pageSize(fields: Fields): number | undefined {
  const size = fields.whole('max_results')
  if (size === undefined || size > 0) return size
  throw invalid(
    `Invalid value ${size} for parameter 'max_results' supplied. It must be a positive integer.`,
  )
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('INVALID_PARAMETER_VALUE', message)
}
