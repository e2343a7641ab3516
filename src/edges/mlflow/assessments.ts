import { type Json, parseJson } from '../../base/json.ts'
import { parseTime } from '../../base/time.ts'
import type { AssessmentChange, NewAssessment } from '../../capabilities/tracking/index.ts'
import { type Call, call } from './call.ts'
import { ProtocolError } from './errors.ts'
import type { Fields } from './fields.ts'
import { assessmentShape } from './trace-shapes.ts'

const SOURCES = ['HUMAN', 'LLM_JUDGE', 'CODE'] as const
const SOURCE_NAMES = {
  SOURCE_TYPE_UNSPECIFIED: 'SOURCE_TYPE_UNSPECIFIED',
  HUMAN: 'HUMAN',
  LLM_JUDGE: 'LLM_JUDGE',
  AI_JUDGE: 'LLM_JUDGE',
  CODE: 'CODE',
} as const

const traceId = (fields: Fields): string => fields.requiredText('trace_id')
const id = (fields: Fields): string => fields.requiredText('assessment_id')

export const assessmentCalls: readonly Call[] = [
  call('POST', '/traces/:trace_id/assessments', async (fields, { traces }) => {
    const created = await traces.createAssessment(traceId(fields), readAssessment(whole(fields)))
    return { assessment: assessmentShape(created) }
  }),
  call('GET', '/traces/:trace_id/assessments/:assessment_id', async (fields, { traces }) => ({
    assessment: assessmentShape(await traces.getAssessment(traceId(fields), id(fields))),
  })),
  call('PATCH', '/traces/:trace_id/assessments/:assessment_id', async (fields, { traces }) => {
    const change = readChange(whole(fields), fields.requiredText('update_mask'))
    const updated = await traces.updateAssessment(traceId(fields), id(fields), change)
    return { assessment: assessmentShape(updated) }
  }),
  call('DELETE', '/traces/:trace_id/assessments/:assessment_id', async (fields, { traces }) => {
    await traces.deleteAssessment(traceId(fields), id(fields))
    return {}
  }),
]

function whole(fields: Fields): Fields {
  const assessment = fields.message('assessment')
  if (assessment !== undefined) return assessment
  throw invalid(
    "Missing value for required parameter 'assessment'. See the API docs for more information about request parameters.",
  )
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('INVALID_PARAMETER_VALUE', message)
}

export function readAssessment(fields: Fields): NewAssessment {
  const source = fields.message('source')
  return {
    id: fields.filledText('assessment_id'),
    name: fields.requiredText('assessment_name'),
    ...readValue(fields),
    sourceType:
      source?.oneOf<string>('source_type', SOURCE_NAMES, SOURCES) ?? 'SOURCE_TYPE_UNSPECIFIED',
    sourceId: source?.text('source_id') ?? '',
    spanId: fields.filledText('span_id') ?? null,
    rationale: fields.text('rationale') ?? null,
    metadata: fields.textMap('metadata'),
    overrides: fields.filledText('overrides') ?? null,
    createdAt: timeOf(fields, 'create_time'),
    updatedAt: timeOf(fields, 'last_update_time'),
  }
}

function timeOf(fields: Fields, name: string): number | undefined {
  const text = fields.filledText(name)
  return text === undefined ? undefined : (parseTime(text) ?? undefined)
}

function readValue(fields: Fields): Pick<NewAssessment, 'kind' | 'value' | 'error'> {
  const feedback = fields.message('feedback')
  if (feedback !== undefined) return { kind: 'feedback', ...readFeedback(feedback) }
  const expectation = fields.message('expectation')
  if (expectation !== undefined)
    return { kind: 'expectation', value: readExpectation(expectation), error: null }
  const issue = fields.message('issue')
  if (issue !== undefined)
    return { kind: 'issue', value: { issue_name: issue.text('issue_name') ?? '' }, error: null }
  throw invalid('Assessment must have either feedback, expectation, or issue value')
}

function readFeedback(feedback: Fields): Pick<NewAssessment, 'value' | 'error'> {
  const error = feedback.message('error')
  return {
    value: feedback.json('value') ?? null,
    error:
      error === undefined
        ? null
        : Object.fromEntries(
            ['error_code', 'error_message', 'stack_trace'].flatMap((name) => {
              const text = error.text(name)
              return text === undefined ? [] : [[name, text]]
            }),
          ),
  }
}

function readExpectation(expectation: Fields): Json {
  const serialized = expectation.message('serialized_value')
  if (serialized === undefined) return expectation.json('value') ?? null
  const format = serialized.text('serialization_format') ?? ''
  const value = parseJson(serialized.text('value') ?? '')
  if (format === 'JSON_FORMAT' && value !== undefined) return value
  throw invalid(`Unknown serialization format: ${format}. Only JSON_FORMAT is supported.`)
}

// Protobuf writes a mask as one text of names in camelCase.
function readChange(fields: Fields, mask: string): AssessmentChange {
  const named = new Set(
    mask.split(',').map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  )
  const expectation = fields.message('expectation')
  const feedback = fields.message('feedback')
  return {
    name: named.has('assessment_name') ? fields.text('assessment_name') : undefined,
    expectation:
      named.has('expectation') && expectation !== undefined
        ? readExpectation(expectation)
        : undefined,
    feedback: named.has('feedback') && feedback !== undefined ? readFeedback(feedback) : undefined,
    rationale: named.has('rationale') ? fields.text('rationale') : undefined,
    metadata: named.has('metadata') ? fields.textMap('metadata') : undefined,
  }
}
