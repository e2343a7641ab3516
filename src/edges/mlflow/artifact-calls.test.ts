import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MlflowWorld, openMlflowWorld } from './world.testing.ts'

let world: MlflowWorld
let runId: string
let folder: string

const API = '/api/2.0/mlflow'
const PROXY = '/api/2.0/mlflow-artifacts'

beforeAll(async () => {
  world = await openMlflowWorld()
  runId = (await post('/runs/create', { experiment_id: '0' })).body['run'].info.run_id
  folder = `0/${runId}/artifacts`
})
afterAll(() => world.close())

const post = (path: string, body: unknown) => world.ask('POST', `${API}${path}`, body)
const put = (path: string, content: string) =>
  fetch(`${world.root}${PROXY}/artifacts/${path}`, { method: 'PUT', body: content })
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${world.root}${path}`, { headers })

describe('downloads', () => {
  it.each([
    ['a.txt', 'text/plain'],
    ['b.pkl', 'application/octet-stream'],
    ['c.png', 'image/png'],
    ['d.pdf', 'application/pdf'],
    ['MLmodel', 'text/plain'],
    ['page.html', 'text/html'],
    ['mark+step+20.svg', 'image/svg+xml'],
  ])('sends %s as %s, to be saved and not shown, whatever was asked for', async (name, type) => {
    await put(`${folder}/types/${name}`, 'content')
    const query = `run_uuid=${runId}&path=types/${encodeURIComponent(name)}`
    const addresses = [`${PROXY}/artifacts/${folder}/types/${name}`, `/get-artifact?${query}`]
    for (const address of addresses) {
      const response = await get(address, { accept: 'text/html' })
      expect(await response.text()).toBe('content')
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': type,
        'content-disposition': `attachment; filename=${name}`,
        'x-content-type-options': 'nosniff',
      })
    }
  })

  it('sends a part when asked for one', async () => {
    await put(`${folder}/parts.bin`, '0123456789')
    const address = `${PROXY}/artifacts/${folder}/parts.bin`
    const part = await get(address, { range: 'bytes=2-5' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-5/10',
      '2345',
    ])
    expect(await (await get(address, { range: 'bytes=7-' })).text()).toBe('789')
    expect((await get(address, { range: 'bytes=20-30' })).status).toBe(400)
    expect(await (await get(address, { range: 'lines=1' })).text()).toBe('0123456789')
  })

  it('finds the files of versions and logged models', async () => {
    const model = (await post('/logged-models', { experiment_id: '0', name: 'ridge' })).body[
      'model'
    ]
    const id = model.info.model_id as string
    await put(`0/models/${id}/artifacts/MLmodel`, 'flavors')
    const file = await get(
      `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?artifact_file_path=MLmodel`,
    )
    expect(await file.text()).toBe('flavors')
    await post('/registered-models/create', { name: 'filed' })
    const source = `models:/${id}`
    await post('/model-versions/create', { name: 'filed', source, model_id: id })
    const versioned = '/model-versions/get-artifact?name=filed&version=1&path=MLmodel'
    expect(await (await get(versioned)).text()).toBe('flavors')
    const read = await world.ask('GET', `${API}/logged-models/${id}`)
    expect(read.body['model'].info.tags).toEqual([
      { key: 'mlflow.modelVersions', value: '[{"name": "filed", "version": 1}]' },
    ])
  })

  it('names a presigned address, which leads here', async () => {
    await put(`${folder}/some file.txt`, 'hello')
    const { body } = await world.ask('GET', `${PROXY}/presigned/${folder}/some%20file.txt`)
    expect(body).toMatchObject({ headers: {}, file_size: 5 })
    expect(await (await fetch(body['url'])).text()).toBe('hello')
    const missing = await world.ask('GET', `${PROXY}/presigned/${folder}/none`)
    expect(missing).toMatchObject({ status: 404 })
  })
})

describe('uploads', () => {
  const page = '/ajax-api/2.0/mlflow/upload-artifact'

  it('takes a small file from a page, whatever its type', async () => {
    const address = `${world.root}${page}?run_uuid=${runId}&path=page/notes.txt`
    const type = { 'content-type': 'text/plain' }
    const response = await fetch(address, { method: 'POST', body: 'hello world', headers: type })
    expect(response.status).toBe(200)
    const read = await get(`/get-artifact?run_id=${runId}&path=page/notes.txt`)
    expect(await read.text()).toBe('hello world')
  })

  it.each([
    ['', 'Request must specify run_uuid.'],
    ['?run_uuid=RUN', 'Request must specify path.'],
    ['?run_uuid=RUN&path=', 'Request must specify path.'],
    ['?run_uuid=RUN&path=../x', 'Invalid path'],
    ['?run_uuid=RUN&path=x', 'Request must specify data.'],
  ])('refuses %j', async (query, message) => {
    const address = `${world.root}${page}${query.replace('RUN', runId)}`
    const response = await fetch(address, { method: 'POST' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message })
  })

  it('takes no more than ten megabytes that way', async () => {
    const address = `${world.root}${page}?run_uuid=${runId}&path=large`
    const body = Buffer.alloc(10 * 1024 * 1024 + 1)
    expect((await fetch(address, { method: 'POST', body })).status).toBe(400)
  })

  it('puts parts together, in their order, once they are all there', async () => {
    const ask = { path: '/home/me/big.bin', num_parts: 3 }
    const begun = await world.ask('POST', `${PROXY}/mpu/create/${folder}/deep`, ask)
    const { upload_id: id, credentials } = begun.body
    const parts = await Promise.all(
      [2, 0, 1].map(async (index) => {
        const { url, part_number } = credentials[index]
        const sent = await fetch(url, { method: 'PUT', body: `part ${index};` })
        return { part_number, etag: sent.headers.get('etag'), url }
      }),
    )
    const file = join(world.folder, 'artifacts', folder, 'deep/big.bin')
    expect(existsSync(file)).toBe(false)
    const complete = (told: unknown) =>
      world.ask('POST', `${PROXY}/mpu/complete/${folder}/deep`, {
        path: 'big.bin',
        upload_id: id,
        parts: told,
      })
    expect(await complete(parts.slice(1))).toMatchObject({ status: 400 })
    expect(await complete(parts)).toEqual({ status: 200, body: {} })
    const read = await get(`${PROXY}/artifacts/${folder}/deep/big.bin`)
    expect(await read.text()).toBe('part 0;part 1;part 2;')
    expect(readdirSync(join(world.folder, 'artifacts/.uploads'))).toEqual([])
    expect(await complete(parts)).toMatchObject({ status: 404 })
  })

  it('forgets what is aborted, and refuses what is no upload', async () => {
    const begin = { path: 'x', num_parts: 1 }
    const { body } = await world.ask('POST', `${PROXY}/mpu/create/${folder}`, begin)
    const upload = { path: 'x', upload_id: body['upload_id'] }
    const elsewhere = await world.ask('POST', `${PROXY}/mpu/abort/0`, upload)
    expect(elsewhere.status).toBe(400)
    expect((await world.ask('POST', `${PROXY}/mpu/abort/${folder}`, upload)).status).toBe(200)
    const late = await fetch(body['credentials'][0].url, { method: 'PUT', body: 'late' })
    expect(late.status).toBe(404)
    for (const [path, asked] of [
      ['create/a%2f..%2f..%2fx', begin],
      ['create/.uploads', begin],
      ['create/a', { path: '..', num_parts: 1 }],
      ['create/a', { path: 'x', num_parts: 0 }],
      ['create/a', { path: 'x', num_parts: 100_000 }],
      ['complete/a', { path: 'x', upload_id: '../../x', parts: [{ part_number: 1 }] }],
    ] as const) {
      const { status } = await world.ask('POST', `${PROXY}/mpu/${path}`, asked)
      expect([400, 404]).toContain(status)
    }
    expect((await get(`${PROXY}/artifacts/.uploads/${body['upload_id']}/1`)).status).toBe(400)
  })

  it('says why an address to upload to cannot be had', async () => {
    const asked = await post('/artifacts/presigned-upload-url', { run_id: runId, path: 'a' })
    expect(asked).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^Presigned upload is not supported for proxied/) },
    })
  })
})

it('had no faults of its own', () => {
  expect(world.faults).toEqual([])
})
