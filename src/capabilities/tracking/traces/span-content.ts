import { readJson, writeJson } from './json-text.ts'
import {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanStatus,
  traceIdOf,
} from './schema.ts'

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
const hex = (text: unknown): string => Buffer.from(String(text), 'base64').toString('hex')

/** A span as MLflow writes it in `traces.json` and in its database: mlflow/entities/span.py, 3.17. */
export function writeSpan(span: Span): string {
  return writeJson({
    trace_id: base64(span.traceId),
    span_id: base64(span.spanId),
    parent_span_id: span.parentId === null ? null : base64(span.parentId),
    name: span.name,
    start_time_unix_nano: span.startNs,
    end_time_unix_nano: span.endNs,
    events: span.events.map(({ name, atNs, attributes }) => ({
      name,
      time_unix_nano: atNs,
      attributes,
    })),
    status: { code: `STATUS_CODE_${span.status}`, message: span.message },
    // Each value is a JSON text of its own.
    attributes: Object.fromEntries(
      Object.entries(span.attributes).map(([key, value]) => [key, writeJson(value)]),
    ),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      trace_id: traceIdOf(traceId),
      span_id: spanId,
      attributes,
    })),
  })
}

type Stored = Readonly<Record<string, AttributeValue>>

/** What `writeSpan` wrote. */
export function readSpan(content: string): Span {
  const span = readJson(content) as Stored
  const status = span['status'] as Stored
  const parent = span['parent_span_id']
  return {
    traceId: hex(span['trace_id']),
    spanId: hex(span['span_id']),
    parentId: parent === null ? null : hex(parent),
    name: String(span['name']),
    startNs: span['start_time_unix_nano'] as bigint,
    endNs: span['end_time_unix_nano'] as bigint | null,
    status: String(status['code']).replace('STATUS_CODE_', '') as SpanStatus,
    message: String(status['message']),
    attributes: Object.fromEntries(
      Object.entries(span['attributes'] as Stored).map(([key, text]) => [
        key,
        readJson(String(text)),
      ]),
    ),
    events: (span['events'] as readonly Stored[]).map((event) => ({
      name: String(event['name']),
      atNs: event['time_unix_nano'] as bigint,
      attributes: event['attributes'] as Attributes,
    })),
    links: (span['links'] as readonly Stored[]).map((link) => ({
      traceId: String(link['trace_id']).replace(/^tr-/, ''),
      spanId: String(link['span_id']),
      attributes: link['attributes'] as Attributes,
    })),
  }
}
