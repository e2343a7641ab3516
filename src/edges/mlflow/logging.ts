import { type Call, call, keyValues } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { runId } from './runs.ts'
import { listOrNothing, metricShape } from './tracking-shapes.ts'

export const loggingCalls: readonly Call[] = [
  call('POST', '/runs/log-metric', async (fields, { tracking }) => {
    await tracking.logBatch(runId(fields), { metrics: [metric(fields)] })
    return {}
  }),
  call('POST', '/runs/log-parameter', async (fields, { tracking }) => {
    const param = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await tracking.logBatch(runId(fields), { params: [param] })
    return {}
  }),
  call('POST', '/runs/set-tag', async (fields, { tracking }) => {
    const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
    await tracking.logBatch(runId(fields), { tags: [tag] })
    return {}
  }),
  call('POST', '/runs/delete-tag', async (fields, { tracking }) => {
    await tracking.deleteTag(runId(fields), fields.requiredText('key'))
    return {}
  }),
  call('POST', '/runs/log-batch', async (fields, { tracking }) => {
    await tracking.logBatch(runId(fields), {
      metrics: fields.messages('metrics').map(metric),
      params: keyValues(fields, 'params'),
      tags: keyValues(fields, 'tags'),
    })
    return {}
  }),
  call('GET', '/metrics/get-history', async (fields, { tracking }) => {
    const page = await tracking.getMetricHistory(runId(fields), {
      key: fields.requiredText('metric_key'),
      maxResults: pageSize(fields),
      pageToken: fields.text('page_token'),
    })
    return {
      metrics: listOrNothing(page.items.map(metricShape)),
      next_page_token: page.nextPageToken ?? undefined,
    }
  }),
]

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
  throw new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${size} for parameter 'max_results' supplied. It must be a positive integer.`,
  )
}
