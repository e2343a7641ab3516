import { setTimeout } from 'node:timers/promises'
import { RatchetError } from '../../base/errors.ts'
import { parseTime } from '../../base/time.ts'
import type { NewTrace, Trace, TraceState } from '../../capabilities/tracking/index.ts'
import { assessmentCalls, readAssessment } from './assessments.ts'
import { type Call, call, type MlflowDeps } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { tracePage } from './read-answers.ts'
import { WrittenAnswer } from './send.ts'
import { traceInfoShape, traceShape } from './trace-shapes.ts'
import { listOrNothing } from './tracking-shapes.ts'

const STATES = ['OK', 'ERROR', 'IN_PROGRESS'] as const
export const STATE_NAMES: Readonly<Record<string, TraceState>> = {
  STATE_UNSPECIFIED: 'STATE_UNSPECIFIED',
  TRACE_STATUS_UNSPECIFIED: 'STATE_UNSPECIFIED',
  OK: 'OK',
  ERROR: 'ERROR',
  IN_PROGRESS: 'IN_PROGRESS',
}
const DEFAULT_RESULTS = 100
/** Spans are sent beside the trace: MLflow's server, too, waits this long for the last of them. */
const WAITS_MS = [1000, 2000]

const id = (fields: Fields): string => fields.requiredText('trace_id')

/** Below `/api/3.0/mlflow`: what clients from 3.0 on call. */
export const traceCalls: readonly Call[] = [
  call('POST', '/traces', async (fields, { traces }) => {
    const info = await traces.start(readTrace(required(fields, 'trace')))
    return { trace: { trace_info: traceInfoShape(info) } }
  }),
  call('GET', '/traces/get', async (fields, deps) => {
    const trace = await getWhole(deps, id(fields), fields.flag('allow_partial'))
    return { trace: traceShape(trace) }
  }),
  call('GET', '/traces/batchGet', async (fields, { traces }) => {
    const found = await traces.list(fields.requiredTexts('trace_ids'))
    const wanted = within(fields)
    return {
      traces: listOrNothing(found.filter(({ info }) => wanted(info.experimentId)).map(traceShape)),
    }
  }),
  call('POST', '/traces/batchGetInfos', async (fields, { traces }) => {
    const found = await traces.listInfos(fields.requiredTexts('trace_ids'))
    const wanted = within(fields)
    return {
      trace_infos: listOrNothing(
        found.filter(({ experimentId }) => wanted(experimentId)).map(traceInfoShape),
      ),
    }
  }),
  call('GET', '/traces/:trace_id', async (fields, { traces }) => ({
    trace: { trace_info: traceInfoShape(await traces.getInfo(id(fields))) },
  })),
  call('POST', '/traces/search', async (fields, { traces }) => {
    const asked = { ...searchOf(fields), experimentIds: locationsOf(fields) }
    return new WrittenAnswer(await traces.writeSearch(tracePage, asked))
  }),
  ...tagCalls('trace_id'),
  ...assessmentCalls,
]

/** Tags and deletion are the same below both versions but for a name. */
export function tagCalls(name: 'trace_id' | 'request_id'): readonly Call[] {
  return [
    call('PATCH', `/traces/:${name}/tags`, async (fields, { traces }) => {
      const tag = { key: fields.requiredText('key'), value: fields.text('value') ?? '' }
      await traces.setTag(fields.requiredText(name), tag)
      return {}
    }),
    call('DELETE', `/traces/:${name}/tags`, async (fields, { traces }) => {
      await traces.deleteTag(fields.requiredText(name), fields.requiredText('key'))
      return {}
    }),
    call('POST', '/traces/delete-traces', async (fields, { traces }) => ({
      traces_deleted: await traces.remove({
        experimentId: fields.requiredText('experiment_id'),
        until: fields.whole('max_timestamp_millis'),
        most: fields.whole('max_traces'),
        ids: fields.texts('request_ids'),
      }),
    })),
  ]
}

export function searchOf(fields: Fields) {
  return {
    filter: fields.text('filter'),
    orderBy: fields.texts('order_by'),
    maxResults: fields.whole('max_results') ?? DEFAULT_RESULTS,
    pageToken: fields.text('page_token'),
  }
}

export function stateOf(fields: Fields, name: string): TraceState {
  return fields.oneOf<TraceState>(name, STATE_NAMES, STATES) ?? 'STATE_UNSPECIFIED'
}

function required(fields: Fields, name: string): Fields {
  const found = fields.message(name)
  if (found !== undefined) return found
  throw missing(name)
}

function missing(name: string): ProtocolError {
  return new ProtocolError(
    'INVALID_PARAMETER_VALUE',
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  )
}

function locationsOf(fields: Fields): readonly string[] {
  const locations = fields.messages('locations')
  if (locations.length === 0) throw missing('locations')
  return locations.flatMap((location) => {
    const experiment = location.message('mlflow_experiment')
    return experiment === undefined ? [] : [experiment.requiredText('experiment_id')]
  })
}

function within(fields: Fields): (experimentId: string) => boolean {
  if (!fields.has('experiment_ids')) return () => true
  const ids = fields.texts('experiment_ids')
  return (experimentId) => ids.includes(experimentId)
}

function readTrace(trace: Fields): NewTrace {
  const info = required(trace, 'trace_info')
  const experiment = info.message('trace_location')?.message('mlflow_experiment')
  if (experiment === undefined) throw missing('trace.trace_info.trace_location.mlflow_experiment')
  return {
    id: info.requiredText('trace_id'),
    clientRequestId: info.text('client_request_id') ?? null,
    experimentId: experiment.requiredText('experiment_id'),
    at: timeOf(info.text('request_time')),
    duration: durationOf(info.text('execution_duration')),
    state: stateOf(info, 'state'),
    requestPreview: info.text('request_preview') ?? null,
    responsePreview: info.text('response_preview') ?? null,
    metadata: info.textMap('trace_metadata'),
    tags: info.textMap('tags'),
    assessments: info.messages('assessments').map(readAssessment),
  }
}

function timeOf(text = '1970-01-01T00:00:00Z'): number {
  const ms = parseTime(text)
  if (ms !== null) return ms
  throw new ProtocolError('INVALID_PARAMETER_VALUE', `'${text}' is not a time of RFC 3339.`)
}

// Protobuf writes a duration as seconds with an s: 1.234s.
function durationOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const seconds = /^(-?\d+(?:\.\d+)?)s$/.exec(text)?.[1]
  if (seconds !== undefined) return Math.round(Number(seconds) * 1000)
  throw new ProtocolError('INVALID_PARAMETER_VALUE', `'${text}' is not a duration such as 1.5s.`)
}

async function getWhole(
  { traces }: MlflowDeps,
  traceId: string,
  allowPartial: boolean,
): Promise<Trace> {
  for (const wait of WAITS_MS) {
    try {
      return await traces.get(traceId, allowPartial)
    } catch (error) {
      if (!(error instanceof RatchetError && error.code === 'TRACE_INCOMPLETE')) throw error
      await setTimeout(wait)
    }
  }
  return traces.get(traceId, allowPartial)
}
