import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Attacked, JSON_TYPE, openAttacked } from './world.ts'

let attacked: Attacked
let runId: string
const send: Attacked['send'] = (...asked) => attacked.send(...asked)
const post: Attacked['post'] = (...asked) => attacked.post(...asked)
const get: Attacked['get'] = (...asked) => attacked.get(...asked)

beforeAll(async () => {
  attacked = await openAttacked()
  ;({ runId } = attacked)
})
afterAll(async () => {
  expect(await attacked.close()).toEqual([])
})

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
  '//proc/self/root/etc/passwd',
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
        .replace('MODEL', attacked.modelId)
        .replace('PATH', /[ #\\?]/.test(written) ? encodeURIComponent(written) : written)
      const headers = address.includes('/mpu/') ? JSON_TYPE : { 'content-type': 'text/plain' }
      const content = method === 'GET' ? '' : '{"path": "x", "num_parts": 1}'
      const { status, text, body } = await send(method, asked, { headers, content })
      expect([asked, [400, 404].includes(status)]).toEqual([asked, true])
      expect(text).not.toMatch(/the secret|root:/)
      expect(body['error_code'] ?? body['code']).toBeDefined()
    }
    expect(existsSync(join(attacked.folder, 'secret'))).toBe(true)
  })

  it.each(['', '.', '%2e', './', '/', '//', '.%2f', '0/..'])(
    '%j is no file to overwrite, and nothing that is deleted with all that it holds',
    async (path) => {
      const file = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/kept.txt`
      await send('PUT', file, { content: 'kept' })
      for (const root of ['/api', '/ajax-api'])
        for (const method of ['PUT', 'DELETE'] as const) {
          const address = `${root}/2.0/mlflow-artifacts/artifacts/${path}`
          const { status } = await send(method, address, method === 'PUT' ? { content: 'x' } : {})
          expect([address, method, [400, 404].includes(status)]).toEqual([address, method, true])
        }
      expect((await send('GET', file)).text).toBe('kept')
    },
  )

  it('through a link in a folder of artifacts is not followed', async () => {
    const folder = join(attacked.folder, 'artifacts/0', runId, 'artifacts')
    mkdirSync(folder, { recursive: true })
    symlinkSync(attacked.folder, join(folder, 'up'))
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
    '//proc/self/root/etc',
    'file:////etc',
    'file://localhost/etc',
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
