import { parseTime } from '../../base/time.ts'
import {
  servingErrors,
  type FeedbackItem,
  type FeedbackResult,
} from '../../capabilities/serving/index.ts'
import { errorReply, json, readBody, requireJson, type Reply } from './exchange.ts'
import type { Handler } from './gateway-app.ts'
import { asRecord, asText, parseBody } from './json-body.ts'

const MOST_ITEMS = 1000

/** `POST /feedback`: one `{prediction_id, label, at?, source?, correction?}`, or an array of up to 1000. */
export const feedback: Handler = async (app, request) => {
  requireJson(request)
  const body = parseBody(await readBody(request))
  if (!Array.isArray(body)) {
    const [result] = await app.takeFeedback([parseItem(body, '')])
    return singleReply(result as FeedbackResult)
  }
  if (body.length > MOST_ITEMS)
    throw servingErrors.SERVING_TOO_LARGE({
      detail: `${body.length} labels, at most ${MOST_ITEMS}`,
    })
  const items = body.map((item: unknown, index) => parseItem(item, `[${index}]`))
  const results = items.length === 0 ? [] : await app.takeFeedback(items)
  return json({ results }, severest(results))
}

function parseItem(value: unknown, path: string): FeedbackItem {
  const item = asRecord(value, path)
  return {
    prediction_id: asText(item['prediction_id'], `${path}.prediction_id`, 100),
    label: parseLabel(item['label'], `${path}.label`),
    at: item['at'] === undefined ? null : parseAt(item['at'], `${path}.at`),
    source: item['source'] === undefined ? null : asText(item['source'], `${path}.source`, 200),
    correction: item['correction'] === true,
  }
}

function parseLabel(label: unknown, path: string): FeedbackItem['label'] {
  if (typeof label === 'boolean') return label
  if (typeof label === 'number' && Number.isFinite(label)) return label
  throw servingErrors.SERVING_REQUEST_INVALID({
    detail: 'a label is a number, or true or false',
    path,
  })
}

function parseAt(at: unknown, path: string): number {
  const ms = typeof at === 'string' ? parseTime(at) : null
  if (ms !== null) return ms
  throw servingErrors.SERVING_REQUEST_INVALID({
    detail: 'a time such as 1971-01-31T00:00:00Z was expected',
    path,
  })
}

function singleReply(result: FeedbackResult): Reply {
  const occurrence = { detail: result.prediction_id, path: 'prediction_id' }
  switch (result.status) {
    case 'unknown':
      return errorReply(servingErrors.SERVING_FEEDBACK_UNKNOWN(occurrence))
    case 'contradicting':
      return errorReply(servingErrors.SERVING_FEEDBACK_CONTRADICTS(occurrence))
    case 'stored':
      return json(result, 202)
    case 'accepted':
    case 'duplicate':
      return json(result)
  }
}

// Several labels, several outcomes: 207 says that some were refused, each with its status.
function severest(results: readonly FeedbackResult[]): number {
  if (results.some(({ status }) => status === 'unknown' || status === 'contradicting')) return 207
  return results.some(({ status }) => status === 'stored') ? 202 : 200
}
