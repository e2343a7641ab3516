import { type Call, call, keyValues } from './call.ts'
import type { Fields } from './fields.ts'
import { oldTracePage } from './read-answers.ts'
import { WrittenAnswer } from './send.ts'
import { oldTraceInfoShape } from './trace-shapes.ts'
import { searchOf, stateOf, tagCalls } from './traces.ts'

const id = (fields: Fields): string => fields.requiredText('request_id')

function texts(fields: Fields, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(keyValues(fields, name).map(({ key, value }) => [key, value]))
}

/** Below `/api/2.0/mlflow`: what clients before 3.0 call, and the links that newer ones still make here. */
export const oldTraceCalls: readonly Call[] = [
  call('POST', '/traces', async (fields, { traces }) => {
    const info = await traces.begin({
      experimentId: fields.requiredText('experiment_id'),
      at: fields.whole('timestamp_ms') ?? 0,
      metadata: texts(fields, 'request_metadata'),
      tags: texts(fields, 'tags'),
    })
    return { trace_info: oldTraceInfoShape(info) }
  }),
  call('PATCH', '/traces/:request_id', async (fields, { traces }) => {
    const info = await traces.end(id(fields), {
      at: fields.whole('timestamp_ms') ?? 0,
      state: stateOf(fields, 'status'),
      metadata: texts(fields, 'request_metadata'),
      tags: texts(fields, 'tags'),
    })
    return { trace_info: oldTraceInfoShape(info) }
  }),
  call('GET', '/traces/:request_id/info', async (fields, { traces }) => ({
    trace_info: oldTraceInfoShape(await traces.getInfo(id(fields))),
  })),
  call('GET', '/traces', async (fields, { traces }) => {
    const experimentIds = fields.requiredTexts('experiment_ids')
    const asked = { ...searchOf(fields), experimentIds }
    return new WrittenAnswer(await traces.writeSearch(oldTracePage, asked))
  }),
  call('POST', '/traces/link-to-run', async (fields, { traces }) => {
    await traces.linkToRun(fields.requiredTexts('trace_ids'), fields.requiredText('run_id'))
    return {}
  }),
  call('POST', '/traces/link-prompts', async (fields, { traces }) => {
    const prompts = fields
      .messages('prompt_versions')
      .map((prompt) => `${prompt.requiredText('name')}/${prompt.requiredText('version')}`)
    await traces.linkPrompts(fields.requiredText('trace_id'), prompts)
    return {}
  }),
  ...tagCalls('request_id'),
]
