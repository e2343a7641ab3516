import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filled, isNative, isRead, isUpload, type Route } from './addresses.ts'
import { API, type Attacked, JSON_TYPE, openAttacked } from './world.ts'

/** Short, so that a test can wait for it. */
const BODY_TIMEOUT_MS = 1600
const PROXY = '/api/2.0/mlflow-artifacts'
const MEGABYTE = 1024 * 1024

let attacked: Attacked
beforeAll(async () => {
  attacked = await openAttacked({ bodyTimeoutMs: BODY_TIMEOUT_MS })
})
afterAll(async () => {
  expect(await attacked.close()).toEqual([])
})

const withBodies = (): readonly Route[] => attacked.routes.filter((route) => !isRead(route))
const isWell = async (): Promise<boolean> => (await attacked.send('GET', '/health')).text === 'OK'

function headOf(method: string, path: string, length: number): string {
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
}

/** A connection to the server, and all that it has answered. */
function open(head: string): { readonly socket: Socket; readonly answered: () => string } {
  const socket = connect(attacked.port, '127.0.0.1')
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    text += data.toString('latin1')
  })
  socket.write(head)
  return { socket, answered: () => text }
}

describe('a body that is too large', () => {
  const SIZE = 64 * MEGABYTE + 1

  it('is refused by what it says of its size, before it is sent', async () => {
    const bodies = withBodies().filter((route) => !isUpload(route))
    const answers = await Promise.all(bodies.map((route) => announce(route, SIZE)))
    for (const [index, { method, url }] of bodies.entries())
      expect([method, url, answers[index]]).toEqual([method, url, expect.stringMatching(/^4\d\d$/)])
  })

  /** One address of each way in which bodies are read, and the least that is too much there. */
  const READ_INTO_MEMORY: readonly (readonly [string, string, number])[] = [
    ['JSON of MLflow', '/ajax-api/2.0/mlflow/runs/log-batch', 64],
    ['JSON of ours', 'the first of ours', 64],
    ['the parts of an upload', `${PROXY}/mpu/create/0/x`, 8],
    ['spans', '/v1/traces', 32],
    ['a file of the page', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=RUN&path=x', 10],
  ]

  it.each(READ_INTO_MEMORY)('is refused while it comes: %s', async (_, address, limit) => {
    const native = withBodies().find((route) => isNative(route) && route.method === 'POST')
    const url = address.startsWith('/') ? address : (native?.url ?? '')
    const path = filled(url.replace('RUN', attacked.runId), '1')
    for (const [size, framing] of [
      [limit * MEGABYTE + 1, { 'transfer-encoding': 'chunked' }],
      [64 * MEGABYTE + 1, {}],
    ] as const) {
      const sent = { headers: { ...JSON_TYPE, ...framing }, content: Buffer.alloc(size, ' ') }
      const refused = await attacked.send('POST', path, sent).then(
        ({ status }) => status,
        (error: { code?: string }) => error.code,
      )
      // Whoever goes on sending after the answer may find the connection closed before reading it.
      expect([400, 413, 'ECONNRESET', 'EPIPE']).toContain(refused)
      expect(await isWell()).toBe(true)
    }
  })

  it('is none where it goes to the disk as it comes', async () => {
    const content = Buffer.alloc(SIZE, 'x')
    const path = `0/${attacked.runId}/artifacts/large.bin`
    const sent = { headers: { 'content-type': 'application/octet-stream' }, content }
    expect((await attacked.send('PUT', `${PROXY}/artifacts/${path}`, sent)).status).toBe(200)
    expect(readFileSync(join(attacked.folder, 'artifacts', path)).equals(content)).toBe(true)
  })
})

/** The status that is answered to a head that says how long its body will be. */
function announce({ method, url }: Route, length: number): Promise<string> {
  const { socket } = open(headOf(method, filled(url, '1'), length))
  return new Promise((resolve) => {
    const give = (status: string): void => {
      socket.destroy()
      resolve(status)
    }
    socket.setTimeout(5000, () => give('nothing in 5 s'))
    socket.on('error', (error) => give(error.message))
    socket.once('data', (data) => give(data.toString('latin1').slice(9, 12)))
  })
}

describe('a body that is slow', () => {
  const drip = async (socket: Socket, bytes: number): Promise<void> => {
    while (!socket.destroyed) {
      socket.write('x'.repeat(bytes))
      await setTimeout(50)
    }
  }

  it('is ended with an answer that says so, at every address, and holds up nobody', async () => {
    const slow = withBodies().map((route) => ({
      route,
      ...open(headOf(route.method, filled(route.url, '1'), 10_000)),
    }))
    for (const { socket } of slow) void drip(socket, 1)
    const began = performance.now()
    expect((await attacked.post('/runs/create', { experiment_id: '0' })).status).toBe(200)
    expect(performance.now() - began).toBeLessThan(BODY_TIMEOUT_MS)
    while (slow.some(({ socket }) => !socket.destroyed) && performance.now() - began < 10_000)
      await setTimeout(50)
    expect(performance.now() - began).toBeLessThan(3 * BODY_TIMEOUT_MS)
    // Some addresses need no body to refuse, and do so at once.
    for (const { route, socket, answered } of slow) {
      expect([route, socket.destroyed]).toEqual([route, true])
      expect([route, answered()]).toEqual([route, expect.stringMatching(/^HTTP\/1.1 4\d\d/)])
    }
    const late = slow.filter(({ answered }) => answered().includes('"code":"BODY_TOO_SLOW"'))
    expect(late.length).toBeGreaterThan(100)
    expect(await isWell()).toBe(true)
  })

  it('may take as long as it likes when it goes on', async () => {
    const path = `0/${attacked.runId}/artifacts/patient.bin`
    const pieces = Math.ceil((2 * BODY_TIMEOUT_MS) / 50)
    const { socket, answered } = open(headOf('PUT', `${PROXY}/artifacts/${path}`, pieces * 500))
    for (let piece = 0; piece < pieces; piece += 1) {
      socket.write('x'.repeat(500))
      await setTimeout(50)
    }
    await expect.poll(answered).toMatch(/^HTTP\/1.1 200/)
    socket.destroy()
    expect(readFileSync(join(attacked.folder, 'artifacts', path))).toHaveLength(pieces * 500)
  })
})

it('an upload that is cut half way leaves nothing that anybody sees, nor a file that nobody asked for', async () => {
  const begin = { headers: JSON_TYPE, content: '{"path": "parts.bin", "num_parts": 1}' }
  const folder = `0/${attacked.runId}/artifacts/cut`
  const { body } = await attacked.send('POST', `${PROXY}/mpu/create/${folder}`, begin)
  const part = new URL(body['credentials'][0].url as string).pathname
  const page = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${attacked.runId}&path=cut/page.bin`
  /** With how many files of no name lie in the run's folder meanwhile. */
  const uploads: readonly (readonly [string, string, number])[] = [
    ['PUT', `${PROXY}/artifacts/${folder}/whole.bin`, 1],
    ['PUT', part, 0],
    ['POST', page, 0],
  ]
  const disk = join(attacked.folder, 'artifacts', folder)
  const partial = (): readonly string[] => (existsSync(disk) ? readdirSync(disk) : [])
  for (const [method, path, unfinished] of uploads) {
    const { socket } = open(headOf(method, path, 2 * MEGABYTE))
    await new Promise<void>((resolve) => socket.write(Buffer.alloc(MEGABYTE), () => resolve()))
    await expect.poll(partial).toHaveLength(unfinished)
    const listed = await attacked.get(`/artifacts/list?run_id=${attacked.runId}&path=cut`)
    expect(listed.body['files']).toBeUndefined()
    socket.destroy()
  }
  await expect.poll(partial).toEqual([])
  const uploading = join(attacked.folder, 'artifacts/.uploads', body['upload_id'] as string)
  await expect.poll(() => readdirSync(uploading)).toEqual(['upload.json'])
  const complete = { path: 'parts.bin', upload_id: body['upload_id'], parts: [{ part_number: 1 }] }
  const sent = { headers: JSON_TYPE, content: JSON.stringify(complete) }
  expect((await attacked.send('POST', `${PROXY}/mpu/complete/${folder}`, sent)).status).toBe(400)
  expect((await attacked.send('GET', `${API}/runs/get?run_id=${attacked.runId}`)).status).toBe(200)
})
