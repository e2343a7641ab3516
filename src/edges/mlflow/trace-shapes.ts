import { toIso } from '../../base/time.ts'
import type {
  Assessment,
  Attributes,
  AttributeValue,
  Span,
  Trace,
  TraceInfo,
} from '../../capabilities/tracking/index.ts'
import { keyValueList, listOrNothing } from './tracking-shapes.ts'

export function traceInfoShape(info: TraceInfo) {
  return {
    trace_id: info.id,
    client_request_id: info.clientRequestId ?? undefined,
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: info.experimentId },
    },
    request_preview: info.requestPreview ?? undefined,
    response_preview: info.responsePreview ?? undefined,
    request_time: toIso(info.at),
    execution_duration:
      info.duration === null ? undefined : `${(info.duration / 1000).toFixed(3)}s`,
    state: info.state,
    trace_metadata: info.metadata,
    tags: info.tags,
    assessments: listOrNothing(info.assessments.map(assessmentShape)),
  }
}

/** As clients before 3.0 know it. */
export function oldTraceInfoShape(info: TraceInfo) {
  return {
    request_id: info.id,
    experiment_id: info.experimentId,
    timestamp_ms: info.at,
    execution_time_ms: info.duration ?? 0,
    status: info.state === 'STATE_UNSPECIFIED' ? 'TRACE_STATUS_UNSPECIFIED' : info.state,
    request_metadata: keyValueList(info.metadata),
    tags: keyValueList(info.tags),
  }
}

export function traceShape({ info, spans }: Trace) {
  return { trace_info: traceInfoShape(info), spans: listOrNothing(spans.map(spanShape)) }
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

/** OpenTelemetry's Span in protobuf's JSON: bytes as base64, 64 bits as text. */
function spanShape(span: Span) {
  return {
    trace_id: base64(span.traceId),
    span_id: base64(span.spanId),
    parent_span_id: span.parentId === null ? undefined : base64(span.parentId),
    name: span.name,
    start_time_unix_nano: span.startNs.toString(),
    end_time_unix_nano: span.endNs?.toString(),
    attributes: attributesShape(span.attributes),
    events: listOrNothing(
      span.events.map(({ name, atNs, attributes }) => ({
        time_unix_nano: atNs.toString(),
        name,
        attributes: attributesShape(attributes),
      })),
    ),
    links: listOrNothing(
      span.links.map(({ traceId, spanId, attributes }) => ({
        trace_id: base64(traceId),
        span_id: base64(spanId),
        attributes: attributesShape(attributes),
      })),
    ),
    status: { code: `STATUS_CODE_${span.status}`, message: span.message },
  }
}

function attributesShape(attributes: Attributes) {
  return listOrNothing(
    Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) })),
  )
}

function anyValue(value: AttributeValue): object {
  switch (typeof value) {
    case 'string':
      return { string_value: value }
    case 'boolean':
      return { bool_value: value }
    case 'bigint':
      return { int_value: value.toString() }
    case 'number':
      return { double_value: value }
    default:
      break
  }
  if (value === null) return {}
  if (Array.isArray(value))
    return { array_value: { values: (value as readonly AttributeValue[]).map(anyValue) } }
  return { kvlist_value: { values: attributesShape(value as Attributes) ?? [] } }
}

export function assessmentShape(assessment: Assessment) {
  return {
    assessment_id: assessment.id,
    assessment_name: assessment.name,
    trace_id: assessment.traceId,
    span_id: assessment.spanId ?? undefined,
    source: { source_type: assessment.sourceType, source_id: assessment.sourceId },
    create_time: toIso(assessment.createdAt),
    last_update_time: toIso(assessment.updatedAt),
    ...valueShape(assessment),
    rationale: assessment.rationale ?? undefined,
    metadata: assessment.metadata,
    overrides: assessment.overrides ?? undefined,
    valid: assessment.valid,
  }
}

function valueShape({ kind, value, error }: Assessment): object {
  switch (kind) {
    case 'feedback':
      return { feedback: { value, error: error ?? undefined } }
    case 'issue':
      return { issue: value }
    case 'expectation':
      // Lists and objects travel as text: protobuf's Value would turn their whole numbers into fractions.
      return value !== null && typeof value === 'object'
        ? {
            expectation: {
              serialized_value: {
                serialization_format: 'JSON_FORMAT',
                value: JSON.stringify(value),
              },
            },
          }
        : { expectation: { value } }
  }
}
