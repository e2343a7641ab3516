import { expect, it } from 'vitest'
import type { Span } from './schema.ts'
import { readSpan, writeSpan } from './span-content.ts'

const span: Span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentId: null,
  name: 'answer "it"',
  startNs: 1_700_000_000_123_456_789n,
  endNs: null,
  status: 'ERROR',
  message: 'déjà vu',
  attributes: {
    text: 'a',
    whole: 9_007_199_254_740_993n,
    one: 1,
    half: 0.5,
    deep: { list: [1n, 1, null, true, 'x'] },
  },
  events: [{ name: 'e', atNs: 1_700_000_000_123_456_790n, attributes: { n: 2n } }],
  links: [
    { traceId: '0af7651916cd43dd8448eb211c80319d', spanId: 'b7ad6b7169203332', attributes: {} },
  ],
}

it('reads what it wrote, to the last nanosecond', () => {
  expect(readSpan(writeSpan(span))).toEqual(span)
})

/**
 * mlflow 3.17.2: json.dumps(span.to_dict(), ensure_ascii=False) of
 * Span.from_otel_proto(opentelemetry.proto.trace.v1.trace_pb2.Span(trace_id=bytes.fromhex("0af7…319c"),
 * span_id=bytes.fromhex("b7ad…3331"), name="n", start_time_unix_nano=5, end_time_unix_nano=7,
 * attributes=[KeyValue(key="k", value=AnyValue(string_value="é")), KeyValue(key="i", value=AnyValue(int_value=1)),
 * KeyValue(key="f", value=AnyValue(double_value=1))])).
 */
it('writes what MLflow writes', () => {
  const plain: Span = {
    ...span,
    name: 'n',
    startNs: 5n,
    endNs: 7n,
    status: 'UNSET',
    message: '',
    attributes: { k: 'é', i: 1n, f: 1, 'mlflow.traceRequestId': `tr-${span.traceId}` },
    events: [],
    links: [],
  }
  expect(writeSpan(plain)).toBe(GOLDEN)
})

const GOLDEN =
  '{"trace_id": "CvdlGRbNQ92ESOshHIAxnA==", "span_id": "t61rcWkgMzE=", "parent_span_id": null, "name": "n", "start_time_unix_nano": 5, "end_time_unix_nano": 7, "events": [], "status": {"code": "STATUS_CODE_UNSET", "message": ""}, "attributes": {"k": "\\"é\\"", "i": "1", "f": "1.0", "mlflow.traceRequestId": "\\"tr-0af7651916cd43dd8448eb211c80319c\\""}, "links": []}'
