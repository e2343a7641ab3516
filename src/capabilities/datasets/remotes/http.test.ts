import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openHttpRemote } from './http.ts'
import { remoteContract } from './remote.contract.ts'
import type { RemoteSettings } from './settings.ts'

let folder: string
let server: Server
let address: string
let remotes = 0

/** A server of files as people put one behind a DVC remote: atomic uploads, a password where one is asked for. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-http-'))
  server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', address)
  if (pathname.startsWith('/moved/'))
    return void response.writeHead(307, { location: pathname.slice('/moved'.length) }).end()
  if (pathname.startsWith('/cut/')) return cutShort(response)
  if (pathname.startsWith('/secret/') && !isLetIn(request))
    return void response.writeHead(401).end()
  const file = join(folder, decodeURIComponent(pathname))
  if (request.method === 'POST' || request.method === 'PUT') return take(request, response, file)
  if (request.method === 'DELETE') await rm(file, { force: true })
  const stats = await stat(file).catch(() => null)
  if (stats === null) return void response.writeHead(request.method === 'DELETE' ? 204 : 404).end()
  response.writeHead(200, { 'content-length': stats.size })
  if (request.method === 'GET') await pipeline(createReadStream(file), response)
  else response.end()
}

function cutShort(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 })
  response.write('half')
  setTimeout(() => response.destroy(), 50)
}

function isLetIn({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Basic ${Buffer.from('me:word').toString('base64')}`
}

async function take(request: IncomingMessage, response: ServerResponse, file: string) {
  const temporary = join(folder, randomBytes(8).toString('hex'))
  const hash = createHash('md5')
  request.on('data', (chunk: Buffer) => hash.update(chunk))
  await pipeline(request, createWriteStream(temporary)).catch(async (error: unknown) => {
    await rm(temporary)
    throw error
  })
  expect(request.headers['content-md5']).toBe(hash.digest('base64'))
  await mkdir(dirname(file), { recursive: true })
  await rename(temporary, file)
  response.writeHead(201).end()
}

function settings(path: string, values: Readonly<Record<string, string>> = {}): RemoteSettings {
  const told = Object.entries(values).map(
    ([key, text]) => [key, { text, level: 'local', file: '/nowhere/config.local' }] as const,
  )
  return { name: 'web', url: address + path, values: new Map(told) }
}

remoteContract('HTTP', () => openHttpRemote(settings(`/remote-${remotes++}`)))

it('uploads by another method, follows where it is sent, and names a closed door', async () => {
  const put = await openHttpRemote(settings('/moved/put', { method: 'put' }))
  const content = join(folder, 'content')
  await pipeline([Buffer.from('content')], createWriteStream(content))
  const md5 = createHash('md5').update('content').digest('hex')
  await put.upload('a b', { path: content, size: 7, md5 })
  expect(await put.head('a b')).toEqual({ key: 'a b', size: 7 })
  await put.close()
  const closed = await openHttpRemote(settings('/secret'))
  await expect(closed.head('x')).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
  await closed.close()
})

it('says who it is, and only to the server that the remote names', async () => {
  const auth = { auth: 'basic', user: 'me', password: 'word' }
  const open = await openHttpRemote(settings('/secret', auth))
  expect(await open.head('x')).toBe(null)
  await open.close()
  await expect(openHttpRemote(settings('/secret', { auth: 'basic' }))).rejects.toMatchObject({
    code: 'DATASET_FILE_INVALID',
  })
})

it('does not take half an answer for a whole one', async () => {
  const remote = await openHttpRemote(settings('/cut'))
  const reading = async (): Promise<void> => {
    for await (const _ of remote.open('x')) continue
  }
  await expect(reading()).rejects.toMatchObject({ code: 'DATASET_REMOTE_UNREACHABLE' })
  await expect(remote.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'DATASET_REMOTE_UNSUPPORTED',
  })
  await remote.close()
})

it('gives a server up that does not take the connection in connect_timeout', async () => {
  // Its thread stands still, so that nobody takes what waits: then the system answers no more.
  const blocked = new Worker(
    `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      const { workerData, parentPort } = require('node:worker_threads')
      parentPort.postMessage(server.address().port)
      Atomics.wait(workerData, 0, 0)
    })`,
    { eval: true, workerData: new Int32Array(new SharedArrayBuffer(4)) },
  )
  const port = await new Promise<number>((resolve) => blocked.once('message', resolve))
  const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await new Promise((resolve) => waiting[0]?.once('connect', resolve))
  const { values } = settings('', { connect_timeout: '0.2' })
  const remote = await openHttpRemote({ name: 'web', url: `http://127.0.0.1:${port}/x`, values })
  await expect(remote.head('a')).rejects.toMatchObject({
    code: 'DATASET_REMOTE_UNREACHABLE',
    detail: expect.stringContaining('no connection') as string,
  })
  await remote.close()
  for (const socket of waiting) socket.destroy()
  await blocked.terminate()
})
