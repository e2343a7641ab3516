import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as open, type RequestOptions } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/edges/http/app.ts'
import { mlflowProbes, mlflowRoutes } from '../src/edges/mlflow/index.ts'
import { type MlflowWorld, openMlflowWorld } from '../src/edges/mlflow/world.testing.ts'

/** What was done to MLflow's server in earnest, and what a careless or hostile client may send, at every address. */
let world: MlflowWorld
let port: number
let close: () => Promise<void>
let runId: string
let modelId: string
const faults: unknown[] = []
const routes: { readonly method: string; readonly url: string }[] = []

beforeAll(async () => {
  world = await openMlflowWorld()
  const app = createApp({ onFault: (error) => faults.push(error) })
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url })
  })
  // As main registers them: a scope that the probes share.
  await app.register(async (scope) => {
    mlflowRoutes(scope, { ...world, onFault: (error) => faults.push(error) })
    mlflowProbes(scope)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  close = () => app.close()
  const address = app.server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  runId = (await post('/runs/create', { experiment_id: '0' })).body['run'].info.run_id
  modelId = (await post('/logged-models', { experiment_id: '0' })).body['model'].info.model_id
  await post('/registered-models/create', { name: 'attacked' })
  await post('/model-versions/create', { name: 'attacked', source: `models:/${modelId}` })
  mkdirSync(join(world.folder, 'artifacts'), { recursive: true })
  writeFileSync(join(world.folder, 'secret'), 'the secret')
})
afterAll(async () => {
  expect(faults).toEqual([])
  await close()
  await world.close()
})

interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- any JSON
}

/** Sends the path as it is: `fetch` would tidy it. */
function send(
  method: string,
  path: string,
  more: Pick<RequestOptions, 'headers'> & { readonly content?: string | Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { content } = more
    const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }
    const headers = { ...more.headers, ...length }
    const asked = open({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode ?? 0, text, body: parsed(text) })
      })
    })
    asked.on('error', reject)
    asked.end(content)
  })
}

function parsed(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body']
  } catch {
    return {}
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const API = '/api/2.0/mlflow'
const post = (path: string, body: unknown) =>
  send('POST', `${API}${path}`, { headers: JSON_TYPE, content: JSON.stringify(body) })
const get = (path: string) => send('GET', `${API}${path}`)

const CLIMBS = [
  '../secret',
  '../../../../../../etc/passwd',
  'a/../../../../secret',
  '..%2f..%2fsecret',
  '%2e%2e/%2e%2e/secret',
  '.%2e/secret',
  '%252e%252e%252f%252e%252e%252fsecret',
  '%25252e%25252e%25252fsecret',
  '%25%32%65%25%32%65/secret',
  '..\\..\\secret',
  '..%5c..%5csecret',
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc%2fpasswd',
  'C:/secret',
  'C:\\secret',
  '\\\\host\\share',
  'file:///etc/passwd',
  'file:/etc/passwd',
  'a#/../../secret',
  'a%23/../secret',
  'a?/../../secret',
  'a%00/../secret',
  'a%0d%0ax: y/../..',
  '..',
]

describe('a path that leads elsewhere', () => {
  const inQuery: readonly (readonly [string, string])[] = [
    ['GET', '/get-artifact?run_id=RUN&path=PATH'],
    ['GET', '/get-artifact?run_uuid=RUN&path=PATH'],
    ['GET', '/model-versions/get-artifact?name=attacked&version=1&path=PATH'],
    ...['/api', '/ajax-api'].flatMap((root) => [
      ['GET', `${root}/2.0/mlflow/artifacts/list?run_id=RUN&path=PATH`] as const,
      [
        'GET',
        `${root}/2.0/mlflow/logged-models/MODEL/artifacts/files?artifact_file_path=PATH`,
      ] as const,
      [
        'GET',
        `${root}/2.0/mlflow/logged-models/MODEL/artifacts/directories?artifact_directory_path=PATH`,
      ] as const,
      ['POST', `${root}/2.0/mlflow/upload-artifact?run_uuid=RUN&path=PATH`] as const,
      ['GET', `${root}/2.0/mlflow-artifacts/artifacts?path=PATH`] as const,
    ]),
  ]
  const inAddress = ['/api', '/ajax-api'].flatMap((root) => {
    const proxy = `${root}/2.0/mlflow-artifacts`
    return [
      ['GET', `${proxy}/artifacts/PATH`],
      ['PUT', `${proxy}/artifacts/PATH`],
      ['DELETE', `${proxy}/artifacts/PATH`],
      ['GET', `${proxy}/presigned/PATH`],
      ['POST', `${proxy}/mpu/create/PATH`],
    ] as const
  })

  it.each(CLIMBS)('%j is refused at every address', async (path) => {
    for (const [method, address] of [...inQuery, ...inAddress]) {
      const written = address.includes('path=PATH') ? encodeURIComponent(path) : path
      const asked = address
        .replace('RUN', runId)
        .replace('MODEL', modelId)
        .replace('PATH', /[ #\\?]/.test(written) ? encodeURIComponent(written) : written)
      const headers = address.includes('/mpu/') ? JSON_TYPE : { 'content-type': 'text/plain' }
      const content = method === 'GET' ? '' : '{"path": "x", "num_parts": 1}'
      const { status, text, body } = await send(method, asked, { headers, content })
      expect([asked, [400, 404].includes(status)]).toEqual([asked, true])
      expect(text).not.toMatch(/the secret|root:/)
      expect(body['error_code'] ?? body['code']).toBeDefined()
    }
    expect(existsSync(join(world.folder, 'secret'))).toBe(true)
  })

  it('through a link in a folder of artifacts is not followed', async () => {
    const folder = join(world.folder, 'artifacts/0', runId, 'artifacts')
    mkdirSync(folder, { recursive: true })
    symlinkSync(world.folder, join(folder, 'up'))
    for (const address of [
      `/get-artifact?run_id=${runId}&path=up/secret`,
      `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/up/secret`,
    ])
      expect(await send('GET', address)).toMatchObject({ status: 400 })
    const list = await get(`/artifacts/list?run_id=${runId}&path=up`)
    expect(list).toMatchObject({ status: 400 })
    expect((await get(`/artifacts/list?run_id=${runId}`)).text).not.toContain('"up"')
  })

  it.each([
    '/etc',
    'file:///etc',
    'file:///etc#/x',
    'file:/etc?/../',
    '..',
    '../../..',
    '/etc/../etc',
  ])('as the location of an experiment, %j shows nothing of the disk', async (location) => {
    const named = { name: `at ${location}`, artifact_location: location }
    const made = await post('/experiments/create', named)
    expect(made.status).toBe(200)
    const { body } = await post('/runs/create', { experiment_id: made.body['experiment_id'] })
    const run = body['run'].info.run_id as string
    for (const address of [
      `/get-artifact?run_id=${run}&path=passwd`,
      `${API}/artifacts/list?run_id=${run}`,
      `${API}/artifacts/list?run_id=${run}&path=..`,
    ]) {
      const { status, text } = await send('GET', address)
      expect([400, 404, 501]).toContain(status)
      expect(text).not.toMatch(/root:|"files"/)
    }
    const upload = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=x`
    expect((await send('POST', upload, { content: 'x' })).status).toBe(501)
  })
})

describe('a browser that shows a page of somebody else', () => {
  const address = (url: string): string =>
    url
      .replace(/:(\w+)/g, (_match, name: string) => (name === 'model_id' ? modelId : '1'))
      .replace('*', 'x')

  it('gets no answer at any address by a name that was made to point here', async () => {
    expect(routes.length).toBeGreaterThan(150)
    for (const { method, url } of routes) {
      if (url === '/health' || url === '/version') continue
      const headers = { ...JSON_TYPE, host: 'rebound.example:5000' }
      const { status } = await send(method, address(url), { headers, content: '{}' })
      expect([method, url, status]).toEqual([method, url, 403])
    }
  })

  it('changes nothing at any address', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example'])
      for (const { method, url } of routes) {
        if (method === 'GET') continue
        const headers = { ...JSON_TYPE, origin, host: `127.0.0.1:${port}` }
        const { status } = await send(method, address(url), { headers, content: '{}' })
        expect([method, url, status]).toEqual([method, url, 403])
      }
  })

  it('cannot have a form sent for it, nor a page framed', async () => {
    const headers = { 'content-type': 'text/plain' }
    const content = '{"name": "by a form"}'
    const sent = await send('POST', `${API}/experiments/create`, { headers, content })
    expect(sent).toMatchObject({ status: 400 })
    const response = await fetch(`http://127.0.0.1:${port}/health`)
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['page.html', 'image.svg'])('saves a logged %s, and does not run it', async (name) => {
    const file = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${name}`
    await send('PUT', file, { content: '<script>alert(1)</script>' })
    const answer = await fetch(`http://127.0.0.1:${port}${file}`)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('finds each call below /api and below /ajax-api', () => {
    const below = (root: string) =>
      routes
        .filter(({ url }) => url.startsWith(root))
        .map(({ method, url }) => `${method} ${url.slice(root.length)}`)
        .toSorted()
    expect(below('/api/')).toEqual(below('/ajax-api/'))
  })
})

describe('SQL in what is only a text', () => {
  const TEXTS = [
    "'; drop table tracking_runs; --",
    "x' or '1'='1",
    '"; delete from tracking_experiments; --',
    'metrics.`a` > 1); drop table tracking_runs; --',
    "name' union select * from settings --",
    '\u0000',
    '%00',
    '`',
    '\\',
  ]

  it.each(TEXTS)('%j', async (text) => {
    const body = { experiment_ids: ['0', text], filter: text, order_by: [text] }
    const query = `filter=${encodeURIComponent(text)}&order_by=${encodeURIComponent(text)}`
    const answers = [
      await post('/runs/search', body),
      await post('/runs/search', { ...body, order_by: [] }),
      await post('/runs/search', { experiment_ids: ['0'], filter: `tags.\`${text}\` = '${text}'` }),
      await post('/experiments/search', { max_results: 10, filter: text, order_by: [text] }),
      await post('/logged-models/search', { ...body, order_by: [{ field_name: text }] }),
      await get(`/registered-models/search?${query}`),
      await get(`/model-versions/search?${query}`),
      await get(`/metrics/get-history?run_id=${runId}&metric_key=${encodeURIComponent(text)}`),
      await get(`/experiments/get-by-name?experiment_name=${encodeURIComponent(text)}`),
      await get(`/registered-models/get?name=${encodeURIComponent(text)}`),
      await post('/experiments/create', { name: `${text} as a name` }),
    ]
    for (const { status } of answers) expect([200, 400, 404]).toContain(status)
    const experiment = answers.at(-1)?.body['experiment_id']
    if (experiment !== undefined) {
      const read = await get(`/experiments/get?experiment_id=${experiment}`)
      expect(read.body['experiment'].name).toBe(`${text} as a name`)
    }
    expect((await get(`/runs/get?run_id=${runId}`)).status).toBe(200)
  })
})

describe('too much', () => {
  it('of keys, metrics, params or tags in one body', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ key: `k${index}`, value: '1' }))
    const unknown = Object.fromEntries(many.map(({ key }) => [key, 1]))
    expect(await post('/runs/set-tag', { ...unknown, run_id: runId, key: 'k' })).toMatchObject({
      status: 200,
    })
    const metrics = many.map(({ key }) => ({ key, value: 1, timestamp: 1 }))
    for (const batch of [{ params: many }, { tags: many }, { metrics }])
      expect(await post('/runs/log-batch', { run_id: runId, ...batch })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      })
    const read = await get(`/runs/get?run_id=${runId}`)
    expect(read.body['run'].data.params).toBeUndefined()
  })

  it('of body', async () => {
    for (const path of ['/runs/log-batch', '/experiments/create', '/model-versions/create']) {
      const content = Buffer.alloc(64 * 1024 * 1024 + 1, ' ')
      const answer = await send('POST', `${API}${path}`, { headers: JSON_TYPE, content }).catch(
        (error: { code?: string }) => error.code,
      )
      // Whoever goes on sending after the answer may find the connection closed before reading it.
      if (typeof answer === 'string') expect(['ECONNRESET', 'EPIPE']).toContain(answer)
      else expect(answer).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } })
    }
    expect((await send('GET', '/health')).text).toBe('OK')
  })

  it.each([
    ['/runs/search', { experiment_ids: ['0'] }],
    ['/experiments/search', {}],
    ['/logged-models/search', { experiment_ids: ['0'] }],
  ])('of results or page at %s', async (path, body) => {
    for (const size of [-1, 0, 1e12, 1.5, '1e400', 'many'])
      if (!(path === '/logged-models/search' && size === 1e12))
        expect(await post(path, { ...body, max_results: size })).toMatchObject({ status: 400 })
    const tokens = ['x', 'a'.repeat(100_000), btoa('{"offset": -1}'), btoa('{"offset": 1e99}')]
    for (const token of tokens)
      expect(await post(path, { ...body, max_results: 5, page_token: token })).toMatchObject({
        status: 400,
      })
  })

  it('of nesting, and names that objects have already', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const content = `{"experiment_id": "0", "tags": ${deep}}`
    const nested = await send('POST', `${API}/runs/create`, { headers: JSON_TYPE, content })
    expect(nested.status).toBe(400)
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const own = `{"run_id": "${runId}", "key": "${key}", "value": "mine", "${key}": 1}`
      const set = { headers: JSON_TYPE, content: own }
      expect((await send('POST', `${API}/runs/set-tag`, set)).status).toBe(200)
      const { tags } = (await get(`/runs/get?run_id=${runId}`)).body['run'].data
      expect(tags).toContainEqual({ key, value: 'mine' })
    }
  })

  it('of patience: bodies that never come hold up nobody', async () => {
    const lines = `POST ${API}/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(`${lines}Content-Length: 1000\r\n\r\n{`)
      return socket
    })
    await setTimeout(50)
    expect((await post('/runs/create', { experiment_id: '0' })).status).toBe(200)
    for (const socket of slow) socket.destroy()
  })
})

describe('values of the wrong kind', () => {
  it('are refused when they are no UTF-8, with nothing stored', async () => {
    const content = Buffer.concat([
      Buffer.from('{"name": "'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ])
    const sent = { headers: JSON_TYPE, content }
    expect(await send('POST', `${API}/experiments/create`, sent)).toMatchObject({
      status: 400,
      body: { error_code: 'BAD_REQUEST' },
    })
    for (const broken of ['%ff', '%c3%28', '%'])
      expect([400, 404]).toContain(
        (await send('GET', `${API}/experiments/get-by-name?experiment_name=${broken}`)).status,
      )
  })

  it.each<[string, object, number]>([
    ['/runs/log-metric', { key: 'm', value: '1.5', timestamp: '7', step: '3' }, 200],
    ['/runs/log-metric', { key: 'm', value: 'NaN', timestamp: 7 }, 200],
    ['/runs/log-metric', { key: 'm', value: '-Infinity', timestamp: 7 }, 200],
    ['/runs/log-metric', { key: 'm', value: true, timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: 'high', timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: {}, timestamp: 7 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: -1 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: 1.5 }, 400],
    ['/runs/log-metric', { key: 'm', value: 1, timestamp: '99999999999999999999' }, 400],
    ['/runs/log-metric', { key: 5, value: 1, timestamp: 1 }, 400],
    ['/runs/log-parameter', { key: 'p', value: 5 }, 400],
    ['/runs/log-parameter', { key: ['p'], value: '5' }, 400],
    ['/runs/set-tag', { key: 'k', value: null }, 200],
    ['/runs/set-tag', { key: '', value: 'v' }, 400],
    ['/runs/set-tag', { key: '../k', value: 'v' }, 400],
    ['/runs/set-tag', { key: 'k'.repeat(251), value: 'v' }, 400],
    ['/runs/log-batch', { tags: {} }, 400],
    ['/runs/log-batch', { metrics: [null] }, 400],
    ['/runs/log-batch', { metrics: 'none' }, 400],
    ['/runs/update', { status: 'RUNNING', end_time: '5' }, 200],
    ['/runs/update', { status: 'ASLEEP' }, 400],
    ['/runs/log-inputs', { datasets: [{}] }, 400],
    ['/runs/log-model', { model_json: '{' }, 400],
  ])('%s %j is answered %i', async (path, body, status) => {
    const answer = await post(path, { run_id: runId, ...body })
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.body['error_code']).toBe('INVALID_PARAMETER_VALUE')
  })

  it('are no matter in a body that is no JSON object', async () => {
    for (const content of ['', '[]', '5', 'null', '"x"', '{', '"{\\"experiment_id\\": \\"0\\"}"'])
      expect([200, 400, 404]).toContain(
        (await send('POST', `${API}/runs/create`, { headers: JSON_TYPE, content })).status,
      )
  })
})

describe('what is not there', () => {
  const none = '0'.repeat(32)

  it.each<[string, string, object?]>([
    ['GET', `/runs/get?run_id=${none}`],
    ['POST', '/runs/update', { run_id: none }],
    ['POST', '/runs/delete', { run_id: none }],
    ['POST', '/runs/restore', { run_id: none }],
    ['POST', '/runs/log-metric', { run_id: none, key: 'k', value: 1, timestamp: 1 }],
    ['POST', '/runs/log-parameter', { run_id: none, key: 'k', value: 'v' }],
    ['POST', '/runs/set-tag', { run_id: none, key: 'k', value: 'v' }],
    ['POST', '/runs/delete-tag', { run_id: none, key: 'k' }],
    ['POST', '/runs/log-batch', { run_id: none }],
    ['POST', '/runs/log-inputs', { run_id: none }],
    ['POST', '/runs/outputs', { run_id: none }],
    ['POST', '/runs/create', { experiment_id: '99999' }],
    ['GET', `/metrics/get-history?run_id=${none}&metric_key=k`],
    ['GET', `/artifacts/list?run_id=${none}`],
    ['GET', '/experiments/get?experiment_id=99999'],
    ['GET', '/experiments/get-by-name?experiment_name=none'],
    ['POST', '/experiments/delete', { experiment_id: '99999' }],
    ['POST', '/experiments/restore', { experiment_id: '99999' }],
    ['POST', '/experiments/update', { experiment_id: '99999', new_name: 'x' }],
    ['POST', '/experiments/set-experiment-tag', { experiment_id: '99999', key: 'k', value: 'v' }],
    ['GET', '/logged-models/m-none'],
    ['DELETE', '/logged-models/m-none'],
    ['PATCH', '/logged-models/m-none', { status: 'LOGGED_MODEL_READY' }],
    ['PATCH', '/logged-models/m-none/tags', { tags: [] }],
    ['GET', '/logged-models/m-none/artifacts/directories'],
    ['GET', '/logged-models/m-none/artifacts/files?artifact_file_path=x'],
    ['GET', '/registered-models/get?name=none'],
    ['POST', '/registered-models/rename', { name: 'none', new_name: 'other' }],
    ['PATCH', '/registered-models/update', { name: 'none', description: '' }],
    ['DELETE', '/registered-models/delete', { name: 'none' }],
    ['POST', '/registered-models/get-latest-versions', { name: 'none' }],
    ['POST', '/registered-models/set-tag', { name: 'none', key: 'k', value: 'v' }],
    ['POST', '/registered-models/alias', { name: 'none', alias: 'a', version: '1' }],
    ['GET', '/registered-models/alias?name=none&alias=a'],
    ['POST', '/model-versions/create', { name: 'none', source: 's3://x' }],
    ['GET', '/model-versions/get?name=none&version=1'],
    ['GET', '/model-versions/get?name=attacked&version=99'],
    ['GET', '/model-versions/get-download-uri?name=attacked&version=99'],
    ['DELETE', '/model-versions/delete', { name: 'attacked', version: '99' }],
    [
      'POST',
      '/model-versions/transition-stage',
      { name: 'attacked', version: '99', stage: 'Staging' },
    ],
    ['POST', '/model-versions/set-tag', { name: 'attacked', version: '99', key: 'k', value: 'v' }],
  ])('%s %s', async (method, path, body) => {
    const content = body === undefined ? '' : JSON.stringify(body)
    expect(await send(method, `${API}${path}`, { headers: JSON_TYPE, content })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: expect.any(String) },
    })
  })

  it.each([
    '/gateway/endpoints/list',
    '/scorers/list',
    '/issues/search',
    '/prompt-optimization/jobs',
  ])('%s is no call of this server, and says so in the protocol', async (path) => {
    for (const root of ['/api', '/ajax-api'])
      for (const version of ['2.0', '3.0'])
        expect(await send('GET', `${root}/${version}/mlflow${path}`)).toMatchObject({
          status: 404,
          body: { error_code: 'ENDPOINT_NOT_FOUND' },
        })
  })

  it('any more: nothing is written to what was deleted', async () => {
    const experiment_id = (await post('/experiments/create', { name: 'doomed' })).body[
      'experiment_id'
    ]
    const { body } = await post('/runs/create', { experiment_id })
    const run_id = body['run'].info.run_id as string
    await post('/experiments/delete', { experiment_id })
    for (const [path, asked] of [
      ['/runs/create', { experiment_id }],
      ['/runs/log-metric', { run_id, key: 'k', value: 1, timestamp: 1 }],
      ['/runs/log-batch', { run_id, tags: [{ key: 'k', value: 'v' }] }],
      ['/runs/log-inputs', { run_id, datasets: [] }],
      ['/runs/outputs', { run_id, models: [] }],
      ['/runs/update', { run_id, status: 'FINISHED' }],
      ['/experiments/set-experiment-tag', { experiment_id, key: 'k', value: 'v' }],
      ['/logged-models', { experiment_id }],
    ] as const) {
      const answer = await post(path, asked)
      expect([path, answer.status]).toEqual([path, 400])
      expect(answer.body['message']).toContain("must be in the 'active' state")
    }
    expect(await post('/experiments/create', { name: 'doomed' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS' },
    })
  })
})

describe('two at once', () => {
  const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)))

  it.each(['/experiments/create', '/registered-models/create'])(
    '%s makes one, and the others are told',
    async (path) => {
      const answers = await times(16, () => post(path, { name: 'raced' }))
      const made = answers.filter(({ status }) => status === 200)
      const told = answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS')
      expect([made.length, told.length]).toEqual([1, 15])
    },
  )

  it('versions get a number each', async () => {
    const answers = await times(16, () =>
      post('/model-versions/create', { name: 'raced', source: 's3://bucket/model' }),
    )
    const numbers = answers.map(({ body }) => Number(body['model_version'].version))
    expect(numbers.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 16 }, (_, index) => index + 1),
    )
  })

  it('an alias names one version in the end, and a param keeps its first value', async () => {
    const asked = (version: number) => ({ name: 'raced', alias: 'best', version: String(version) })
    await times(16, (index) => post('/registered-models/alias', asked(index + 1)))
    const { body } = await get('/registered-models/get?name=raced')
    expect(body['registered_model'].aliases).toHaveLength(1)
    const params = await times(16, (index) =>
      post('/runs/log-parameter', { run_id: runId, key: 'raced', value: String(index) }),
    )
    expect(params.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = params.filter(({ status }) => status === 400)
    expect(refused).toHaveLength(15)
    for (const one of refused) expect(one.body['message']).toMatch(/^Changing param values/)
  })
})
