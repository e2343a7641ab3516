import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { identityModel, linearModel } from '../fixtures/onnx-models.ts'
import { startTestGateway, type TestGateway } from './gateway-process.ts'

let gateway: TestGateway
const INFER = '/v2/models/m/infer'

beforeAll(async () => {
  gateway = await startTestGateway()
  await gateway.route({ version: 1, model_path: gateway.model('id.onnx', identityModel(2)) })
})
afterAll(() => gateway.close())
// Whatever a request was, the next one is answered.
afterEach(async () => {
  const { ok } = await fetch(gateway.url('/v2/health/live'))
  if (!ok) throw new Error('the gateway no longer answers')
})

const x = (fields: object) => ({
  inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2], ...fields }],
})
const get = async (path: string) => {
  const response = await fetch(gateway.url(path))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('health, metadata and the list of models', async () => {
  expect((await get('/v2/health/ready')).status).toBe(200)
  expect((await get('/v2')).body).toMatchObject({ name: 'ratchet', extensions: [] })
  expect((await get('/v2/models')).body).toEqual({ models: ['m'] })
  expect((await get('/v2/models/m')).body).toEqual({
    name: 'm',
    versions: ['1'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 2] }],
  })
  expect((await get('/v2/models/m/versions/1/ready')).body).toEqual({ name: 'm', ready: true })
  expect((await get('/v2/models/m/versions/2')).status).toBe(404)
  expect((await get('/v2/models/none')).body).toMatchObject({ code: 'SERVING_MODEL_NOT_FOUND' })
})

test('flat and nested data are the same; the id comes back; parameters are allowed', async () => {
  for (const data of [
    [1, 2, 3, 4],
    [
      [1, 2],
      [3, 4],
    ],
  ]) {
    const body = {
      id: 'mine',
      parameters: { key: 'k', other: true },
      ...x({ shape: [2, 2], data }),
    }
    const answer = await gateway.post(INFER, body)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      model_name: 'm',
      model_version: '1',
      id: 'mine',
      outputs: [{ name: 'y', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }],
    })
    expect(answer.headers.get('x-ratchet-arm')).toBe('control')
    expect(answer.headers.get('x-ratchet-model-version')).toBe('1')
    expect(answer.headers.get('x-ratchet-prediction-id')).toMatch(/^pred_/)
  }
  expect(gateway.predictions().at(-1)).toMatchObject({
    key: 'k',
    inputs: {
      x: [
        [1, 2],
        [3, 4],
      ],
    },
  })
})

test('a version in the path answers, if it is loaded', async () => {
  expect(
    (await gateway.post('/v2/models/m/versions/1/infer', x({}))).headers.get('x-ratchet-arm'),
  ).toBe('pinned')
  expect((await gateway.post('/v2/models/m/versions/9/infer', x({}))).body['code']).toBe(
    'SERVING_VERSION_NOT_LOADED',
  )
  expect((await gateway.post('/v2/models/m/versions/1e1/infer', x({}))).status).toBe(404)
})

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const body = (data: string) =>
  `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":${data}}]}`

test.each<[string, unknown, string]>([
  ['nothing', '', 'SERVING_REQUEST_INVALID'],
  ['no JSON', '{', 'SERVING_REQUEST_INVALID'],
  ['null', 'null', 'SERVING_REQUEST_INVALID'],
  ['no inputs', {}, 'SERVING_REQUEST_INVALID'],
  ['nesting of 120', body(deep(120)), 'SERVING_REQUEST_INVALID'],
  ['nesting of 250,000', body(deep(250_000)), 'SERVING_REQUEST_INVALID'],
  [
    'nesting of 250,000 beside a wide integer',
    body(`[12345678901234567890,${deep(250_000)}]`),
    'SERVING_REQUEST_INVALID',
  ],
  ['a shape whose product overflows', x({ shape: [2 ** 30, 2 ** 30] }), 'SERVING_REQUEST_INVALID'],
  ['a size past 2^31', x({ shape: [2 ** 32, 2 ** 32] }), 'SERVING_REQUEST_INVALID'],
  ['a negative size', x({ shape: [-1, 2] }), 'SERVING_REQUEST_INVALID'],
  ['a broken size', x({ shape: [1.5, 2] }), 'SERVING_REQUEST_INVALID'],
  [
    'a million dimensions',
    x({ shape: Array.from({ length: 1e6 }, () => 1) }),
    'SERVING_REQUEST_INVALID',
  ],
  ['zero columns', x({ shape: [1, 0], data: [] }), 'SERVING_INPUT_MISMATCH'],
  ['too little data', x({ data: [1] }), 'SERVING_REQUEST_INVALID'],
  ['too much data', x({ data: [1, 2, 3] }), 'SERVING_REQUEST_INVALID'],
  ['ragged rows', x({ shape: [2, 2], data: [[1, 2], [3]] }), 'SERVING_REQUEST_INVALID'],
  ['nesting deeper than the shape', x({ data: [[[1, 2]]] }), 'SERVING_REQUEST_INVALID'],
  ['another rank', x({ shape: [2] }), 'SERVING_INPUT_MISMATCH'],
  ['another width', x({ shape: [1, 3], data: [1, 2, 3] }), 'SERVING_INPUT_MISMATCH'],
  ['another datatype', x({ datatype: 'INT64' }), 'SERVING_INPUT_MISMATCH'],
  ['no datatype at all', x({ datatype: '__proto__' }), 'SERVING_REQUEST_INVALID'],
  ['FP16 in JSON', x({ datatype: 'FP16' }), 'SERVING_REQUEST_INVALID'],
  ['text for numbers', x({ data: ['a', 'b'] }), 'SERVING_REQUEST_INVALID'],
  ['a number past FP32', x({ data: [1e39, 1] }), 'SERVING_REQUEST_INVALID'],
  ['a number past every type', body('[1e999,1]'), 'SERVING_REQUEST_INVALID'],
  ['NaN', body('[NaN,1]'), 'SERVING_REQUEST_INVALID'],
  ['Infinity', body('[Infinity,1]'), 'SERVING_REQUEST_INVALID'],
  ['another name', x({ name: 'z' }), 'SERVING_INPUT_MISMATCH'],
  ['the name __proto__', x({ name: '__proto__' }), 'SERVING_INPUT_MISMATCH'],
  ['an input twice', { inputs: [...x({}).inputs, ...x({}).inputs] }, 'SERVING_INPUT_MISMATCH'],
  [
    'an input too many',
    { inputs: [...x({}).inputs, ...x({ name: 'z' }).inputs] },
    'SERVING_INPUT_MISMATCH',
  ],
  ['an unknown output', { ...x({}), outputs: [{ name: 'nope' }] }, 'SERVING_INPUT_MISMATCH'],
  [
    'an output twice',
    { ...x({}), outputs: [{ name: 'y' }, { name: 'y' }] },
    'SERVING_REQUEST_INVALID',
  ],
  [
    'a key without end',
    { ...x({}), parameters: { key: 'k'.repeat(300) } },
    'SERVING_REQUEST_INVALID',
  ],
  ['an id that is no text', { ...x({}), id: {} }, 'SERVING_REQUEST_INVALID'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'SERVING_REQUEST_INVALID'],
])('%s is refused and named', async (_name, sent, code) => {
  const before = gateway.records().length
  const answer = await gateway.post(INFER, sent)
  expect(answer.status).toBe(400)
  expect(answer.body['code']).toBe(code)
  expect(answer.body['error']).toEqual(expect.any(String))
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts|\bat \S+ \(/)
  expect(gateway.records()).toHaveLength(before)
})

test('keys such as __proto__ and constructor mean nothing', async () => {
  const text = `{"__proto__":{"inputs":[]},"constructor":{"prototype":{}},${JSON.stringify(x({})).slice(1)}`
  const answer = await gateway.post(INFER, text)
  expect(answer.status).toBe(200)
  expect(answer.y).toEqual([1, 2])
})

test('null is a missing value, and -0 a number', async () => {
  const answer = await gateway.post(INFER, body('[null,-0]'))
  expect(answer.y).toEqual([null, 0])
})

test('zero rows are answered with zero rows', async () => {
  const answer = await gateway.post(INFER, x({ shape: [0, 2], data: [] }))
  expect(answer.body['outputs']).toEqual([{ name: 'y', datatype: 'FP32', shape: [0, 2], data: [] }])
})

test.each([
  ['/v2/models/..%2f..%2fetc/infer', 404],
  ['/v2/models/m%00/infer', 404],
  ['/v2/models/%20/infer', 404],
  ['/v2/models/m%2Fversions/infer', 404],
  [`/v2/models/${'a'.repeat(10_000)}/infer`, 404],
  ['/v2/models/%D0%BC/infer', 404],
  ['/v2/models/%/infer', 400],
  ['/v2/models/%ff/infer', 400],
  ['/v2/models//infer', 404],
  ['/v2/models/m/infer/', 405],
  ['/v2/models/__proto__/infer', 404],
])('the name of path %# is looked up as it is', async (path, status) => {
  const answer = await gateway.post(path, x({}))
  expect(answer.status).toBe(status)
  expect(JSON.stringify(answer.body).length).toBeLessThan(2000)
})

test.each([
  [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
  [{ 'content-type': 'application/json; charset=latin1' }, 415],
  [{ 'content-type': 'application/json; charset=utf-8' }, 200],
  [{ 'content-encoding': 'gzip' }, 415],
  [{ 'inference-header-content-length': '10' }, 501],
])('headers %j', async (headers, status) => {
  expect((await gateway.post(INFER, x({}), headers)).status).toBe(status)
})

test('a body just under the limit is read, one over it is not', async () => {
  const filler = (size: number) =>
    `{"id":"a","filler":"${'x'.repeat(size)}",${JSON.stringify(x({})).slice(1)}`
  const limit = 16 * 1024 * 1024
  const overhead = filler(0).length
  expect((await gateway.post(INFER, filler(limit - overhead))).status).toBe(200)
  expect(await statusOfRaw(limit + 1)).toBe(413)
  expect(await statusOfRaw(99_999_999_999)).toBe(413)
})

test('every method has an answer', async () => {
  expect((await fetch(gateway.url(INFER))).status).toBe(405)
  expect((await fetch(gateway.url(INFER), { method: 'DELETE' })).status).toBe(405)
  expect((await fetch(gateway.url('/nothing/here'))).status).toBe(404)
})

test('metrics count by endpoint, version, arm and status', async () => {
  await gateway.post(INFER, x({}))
  const text = await (await fetch(gateway.url('/metrics'))).text()
  expect(text).toMatch(
    /ratchet_predictions_total\{endpoint="m",version="1",arm="control",status="ok"\} \d+/,
  )
})

test('feedback waits in the spool while the control plane is away', async () => {
  const answer = await gateway.post('/feedback', {
    prediction_id: 'pred_a',
    label: 3,
    at: '1971-01-08T00:00:00Z',
  })
  expect(answer.status).toBe(202)
  expect(gateway.records().at(-1)).toMatchObject({
    kind: 'feedback',
    prediction_id: 'pred_a',
    label: 3,
    at: Date.UTC(1971, 0, 8),
  })
  const many = Array.from({ length: 1000 }, (_, index) => ({
    prediction_id: `pred_${index}`,
    label: index,
  }))
  expect((await gateway.post('/feedback', many)).body['results']).toHaveLength(1000)
  expect((await gateway.post('/feedback', [...many, ...many])).status).toBe(413)
  expect((await gateway.post('/feedback', { prediction_id: 'p' })).body).toMatchObject({
    path: '.label',
  })
  expect(
    (await gateway.post('/feedback', { prediction_id: 'p', label: 1, at: 'soon' })).status,
  ).toBe(400)
})

test('integers past 2^53 keep their digits', async () => {
  await gateway.route({ version: 2, model_path: gateway.model('i.onnx', linearModel({ x: 1 }, 0)) })
  const text =
    '{"inputs":[{"name":"x","datatype":"INT64","shape":[1,1],"data":[9007199254740993]}]}'
  expect((await gateway.post(INFER, text)).status).toBe(200)
  expect(gateway.predictions().at(-1)?.inputs).toEqual({ x: ['9007199254740993'] })
  expect(
    (await gateway.post(INFER, text.replace('9007199254740993', '9223372036854775808'))).status,
  ).toBe(400)
})

test("KServe's first protocol, row by row", async () => {
  await gateway.route({
    version: 3,
    model_path: gateway.model('2.onnx', linearModel({ a: 1, b: 10 }, 0)),
  })
  const answer = await gateway.post('/v1/models/m:predict', {
    instances: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
  })
  expect(answer.body).toEqual({ predictions: [21, 43] })
  expect((await get('/v1/models/m')).body).toEqual({ name: 'm', ready: true })
  expect((await gateway.post('/v1/models/m:predict', { instances: [{ a: 1 }] })).body['code']).toBe(
    'SERVING_INPUT_MISMATCH',
  )
})

/** Announces a body of this size and sends a part of it, as a program that does not wait for the answer. */
function statusOfRaw(contentLength: number): Promise<number> {
  const { hostname, port } = new URL(gateway.url('/'))
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', reject)
    socket.once('data', (data) => {
      resolve(Number(data.toString().split(' ')[1]))
      socket.destroy()
    })
    socket.write(
      `POST ${INFER} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n{"inputs":`,
    )
  })
}
