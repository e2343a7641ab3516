import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld
let experiment: string

beforeAll(async () => {
  world = await openMlflowWorld()
  experiment = await world.tracking.createExperiment({ name: 'otlp' })
})
afterAll(() => world.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' }

let last = 0
const newTrace = (): string => (last += 1).toString(16).padStart(32, '0')

function jsonSpan(traceId: string, more: object = {}) {
  return {
    traceId,
    spanId: '00000000000000aa',
    name: 'root',
    startTimeUnixNano: '1700000000123456789',
    endTimeUnixNano: '1700000001123456789',
    attributes: [
      { key: 'model', value: { stringValue: 'ridge' } },
      { key: 'n', value: { intValue: '9007199254740993' } },
      {
        key: 'list',
        value: { arrayValue: { values: [{ doubleValue: 0.5 }, { boolValue: true }] } },
      },
    ],
    status: { code: 1 },
    ...more,
  }
}

function request(spans: readonly object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
}

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const response = await fetch(`${world.root}/v1/traces`, {
    method: 'POST',
    headers: { 'x-mlflow-experiment-id': experiment, ...headers },
    body,
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const within = (number: number, bytes: Uint8Array) =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish()

/** The same span in protobuf, byte for byte as OpenTelemetry's exporters write it. */
function protobuf(traceId: string): Uint8Array<ArrayBuffer> {
  const text = (key: string, value: string) =>
    new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .string(key)
      .tag(2, WireType.LengthDelimited)
      .bytes(new BinaryWriter().tag(1, WireType.LengthDelimited).string(value).finish())
      .finish()
  const span = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .bytes(Buffer.from(traceId, 'hex'))
    .tag(2, WireType.LengthDelimited)
    .bytes(Buffer.from('00000000000000aa', 'hex'))
    .tag(5, WireType.LengthDelimited)
    .string('root')
    .tag(6, WireType.Varint)
    .int32(1)
    .tag(7, WireType.Bit64)
    .fixed64('1700000000123456789')
    .tag(8, WireType.Bit64)
    .fixed64('1700000001123456789')
    .tag(9, WireType.LengthDelimited)
    .bytes(text('model', 'ridge'))
    .finish()
  return Uint8Array.from(within(1, within(2, within(2, span))))
}

it('takes spans as JSON, exact to 64 bits, and makes their trace', async () => {
  const trace = newTrace()
  const answer = await post(request([jsonSpan(trace)]), JSON_TYPE)
  expect(answer).toMatchObject({ status: 200, text: '{}' })
  const { body } = await world.ask('GET', `/api/3.0/mlflow/traces/get?trace_id=tr-${trace}`)
  expect(body['trace'].trace_info).toMatchObject({
    state: 'OK',
    request_time: '2023-11-14T22:13:20.123Z',
    execution_duration: '1.000s',
    tags: {
      'service.name': 'shop',
      'mlflow.trace.spansLocation': 'TRACKING_STORE',
      'mlflow.artifactLocation': `mlflow-artifacts:/${experiment}/traces/tr-${trace}/artifacts`,
    },
  })
  expect(body['trace'].spans[0]).toMatchObject({
    trace_id: Buffer.from(trace, 'hex').toString('base64'),
    start_time_unix_nano: '1700000000123456789',
    attributes: [
      { key: 'model', value: { string_value: 'ridge' } },
      { key: 'n', value: { int_value: '9007199254740993' } },
      {
        key: 'list',
        value: { array_value: { values: [{ double_value: 0.5 }, { bool_value: true }] } },
      },
      { key: 'mlflow.traceRequestId', value: { string_value: `tr-${trace}` } },
    ],
  })
})

it.each([
  ['as it is', {}, (bytes: Uint8Array) => bytes],
  ['gzip', { 'content-encoding': 'gzip' }, gzipSync],
  ['deflate', { 'content-encoding': 'deflate' }, deflateSync],
  ['deflate without a header', { 'content-encoding': 'deflate' }, deflateRawSync],
])('takes protobuf, %s', async (_name, headers, pack) => {
  const trace = newTrace()
  const packed = Uint8Array.from(pack(protobuf(trace)))
  const answer = await post(packed, { ...PROTOBUF_TYPE, ...headers })
  expect(answer).toMatchObject({ status: 200, text: '' })
  expect(answer.headers.get('content-type')).toBe('application/x-protobuf')
  const { body } = await world.ask('GET', `/api/3.0/mlflow/traces/get?trace_id=tr-${trace}`)
  expect(body['trace'].spans).toHaveLength(1)
  expect(body['trace'].spans[0]).toMatchObject({ name: 'root' })
})

it('refuses what it cannot read, with MLflow’s status, and stores nothing of it', async () => {
  const good = newTrace()
  const cases: [number, RegExp, string | Uint8Array<ArrayBuffer>, Record<string, string>][] = [
    [400, /Invalid Content-Type: text\/plain/, 'x', { 'content-type': 'text/plain' }],
    [400, /Invalid OpenTelemetry format"/, 'no json', JSON_TYPE],
    [400, /no spans found/, '{}', JSON_TYPE],
    [400, /Invalid OpenTelemetry format"/, Uint8Array.from([10, 200]), PROTOBUF_TYPE],
    [400, /Failed to decompress gzip/, 'x', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    [400, /Unsupported Content-Encoding: br/, 'x', { ...JSON_TYPE, 'content-encoding': 'br' }],
    [422, /Cannot convert/, request([jsonSpan(good), jsonSpan('12')]), JSON_TYPE],
    [
      404,
      /No Experiment with id=99/,
      request([jsonSpan(good)]),
      {
        ...JSON_TYPE,
        'x-mlflow-experiment-id': '99',
      },
    ],
  ]
  for (const [status, message, body, headers] of cases) {
    const answer = await post(body, headers)
    expect(answer.text).toMatch(message)
    expect(answer.status).toBe(status)
  }
  const { status } = await world.ask('GET', `/api/3.0/mlflow/traces/tr-${good}`)
  expect(status).toBe(404)
})

it('needs to be told the experiment', async () => {
  const response = await fetch(`${world.root}/v1/traces`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: request([jsonSpan(newTrace())]),
  })
  expect(response.status).toBe(422)
  expect(await response.text()).toMatch(/x-mlflow-experiment-id/)
})

it('unpacks no bomb', async () => {
  const bomb = Uint8Array.from(gzipSync(Buffer.alloc(80 * 1024 * 1024)))
  expect(bomb.length).toBeLessThan(200_000)
  const answer = await post(bomb, { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' })
  expect(answer.status).toBe(413)
})

it('refuses a value that is nested beyond reason', async () => {
  const value = `${'{"arrayValue":{"values":['.repeat(2000)}{}${']}}'.repeat(2000)}`
  const span = jsonSpan(newTrace(), { attributes: [{ key: 'deep', value: 'HERE' }] })
  const text = request([span]).replace('"HERE"', value)
  expect((await post(text, JSON_TYPE)).status).toBe(400)
  let bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).string('x').finish()
  for (let depth = 0; depth < 500; depth++) bytes = within(5, within(1, bytes))
  const nested = Uint8Array.from(
    [9, 2, 2, 1].reduce((inner, number) => within(number, inner), within(2, bytes)),
  )
  expect((await post(nested, PROTOBUF_TYPE)).status).toBe(400)
})

it('links to the run that the header names', async () => {
  const run = await world.tracking.createRun({ experimentId: experiment })
  const trace = newTrace()
  await post(request([jsonSpan(trace)]), { ...JSON_TYPE, 'x-mlflow-run-id': run.id })
  const found = await world.ask('POST', '/api/3.0/mlflow/traces/search', {
    locations: [{ mlflow_experiment: { experiment_id: experiment } }],
    filter: `run_id = '${run.id}'`,
  })
  expect(found.body['traces']).toMatchObject([{ trace_id: `tr-${trace}` }])
})

it('lets spans of one trace come one by one, the root last, and again', async () => {
  const trace = newTrace()
  const child = {
    spanId: '00000000000000bb',
    parentSpanId: '00000000000000aa',
    startTimeUnixNano: '1700000000500000000',
    status: { code: 'STATUS_CODE_ERROR' },
  }
  await post(request([jsonSpan(trace, child)]), JSON_TYPE)
  const path = `/api/3.0/mlflow/traces/get?trace_id=tr-${trace}&allow_partial=true`
  const before = await world.ask('GET', path)
  expect(before.body['trace'].trace_info.state).toBe('IN_PROGRESS')
  for (let time = 0; time < 2; time++) await post(request([jsonSpan(trace)]), JSON_TYPE)
  const after = await world.ask('GET', path)
  expect(after.body['trace'].trace_info).toMatchObject({
    state: 'OK',
    request_time: '2023-11-14T22:13:20.123Z',
    execution_duration: '1.000s',
  })
  expect(after.body['trace'].spans.map(({ span_id: id }: { span_id: string }) => id)).toEqual([
    Buffer.from('00000000000000aa', 'hex').toString('base64'),
    Buffer.from('00000000000000bb', 'hex').toString('base64'),
  ])
})
