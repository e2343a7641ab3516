import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { generate as selfSigned } from 'selfsigned'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ForwardProxy } from '../../../../tests/fixtures/forward-proxy.ts'
import { ObjectServer } from '../../../../tests/fixtures/object-server.ts'
import { useProxies } from '../../../base/http-library.ts'
import { proxiesOf } from '../../../base/proxies.ts'
import { downloadHttp } from '../imports/http-source.ts'
import { openRemote } from './open.ts'
import type { Remote } from './port.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-proxies-'))
const certificate = join(folder, 'certificate.pem')
/** In an X.509 certificate, a name of a host. */
const DNS_NAME = 2

const store = new ObjectServer()
let secure: Server
let proxy: ForwardProxy
let proxyAddress: string
let storeAddress: string

/** The names below `far.example` are known to nobody but the proxy. */
beforeAll(async () => {
  store.objects.set('folder/files/md5/ab/object', Buffer.from('content'))
  storeAddress = await store.start()
  const plain = Number(new URL(storeAddress).port)
  const { private: key, cert } = selfSigned([{ name: 'commonName', value: 'far.example' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: DNS_NAME, value: 'far.example' }] },
    ],
  })
  writeFileSync(certificate, cert)
  const keys = { key, cert }
  secure = createServer(keys, (socket) => {
    const far = connect(plain, '127.0.0.1')
    socket.pipe(far).pipe(socket)
    for (const side of [far, socket]) side.on('error', () => side.destroy())
  })
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  proxy = new ForwardProxy({ plain, secure: (secure.address() as AddressInfo).port })
  proxyAddress = `http://127.0.0.1:${await proxy.start()}`
})
afterEach(() => {
  useProxies(() => ({}))
  proxy.passed.length = 0
  proxy.user = null
})
afterAll(() => {
  proxy.stop()
  secure.close()
  store.stop()
  rmSync(folder, { recursive: true })
})

function useEnvironment(env: Readonly<Record<string, string>>): void {
  const found = proxiesOf(env)
  if ('variable' in found) throw new Error(found.detail)
  useProxies(() => found)
}

function open(values: Readonly<Record<string, string>>): Promise<Remote> {
  const keys = { access_key_id: 'a', secret_access_key: 'b' }
  const said = Object.entries({ ...keys, ...values }).map(
    ([key, text]) => [key, { text, level: 'repo', file: '/nowhere/.dvc/config' }] as const,
  )
  return openRemote({ settings: new Map([['remote "far"', new Map(said)]]) }, 'far')
}

async function read(values: Readonly<Record<string, string>>): Promise<string> {
  const remote = await open(values)
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of remote.open('files/md5/ab/object')) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } finally {
    await remote.close()
  }
}

const object = 'far.example/bucket/folder/files/md5/ab/object'
const S3 = { url: 's3://bucket/folder' }

test.each([
  ['S3', { ...S3, endpointurl: 'http://far.example' }, `GET http://${object}?x-id=GetObject`],
  [
    'S3 over TLS',
    { ...S3, endpointurl: 'https://far.example', ssl_verify: certificate },
    'CONNECT far.example:443',
  ],
  ['HTTP', { url: 'http://far.example/bucket/folder' }, `GET http://${object}`],
  [
    'HTTPS',
    { url: 'https://far.example/bucket/folder', ssl_verify: certificate },
    'CONNECT far.example:443',
  ],
])('%s goes through the proxy, which alone knows the host', async (_, values, passed) => {
  await expect(read(values)).rejects.toMatchObject({ code: 'DATASET_REMOTE_UNREACHABLE' })
  useEnvironment({ http_proxy: proxyAddress, https_proxy: proxyAddress })
  expect(await read(values)).toBe('content')
  expect(proxy.passed).toEqual([passed])
})

test('Google Cloud Storage and what import-url brings go through it too', async () => {
  useEnvironment({ all_proxy: proxyAddress })
  const anonymous = { endpointurl: 'http://far.example', allow_anonymous_login: 'true' }
  const remote = await open({ url: 'gs://bucket/folder', ...anonymous })
  expect(await remote.head('a')).toBe(null)
  await remote.close()
  await downloadHttp(`http://${object}`, join(folder, 'brought'))
  expect(readFileSync(join(folder, 'brought'), 'utf8')).toBe('content')
  expect(proxy.passed).toEqual([
    'GET http://far.example/storage/v1/b/bucket/o/folder%2Fa',
    `GET http://${object}`,
  ])
})

test.each([
  ['127.0.0.1', 0],
  ['127.0.0.0/8', 0],
  ['*', 0],
  ['example.com', 1],
  ['', 1],
])('with no_proxy = "%s" loopback goes through the proxy %i times', async (no_proxy, times) => {
  useEnvironment({ http_proxy: proxyAddress, no_proxy })
  expect(await read({ ...S3, endpointurl: storeAddress })).toBe('content')
  expect(proxy.passed.length).toBe(times)
})

test.each(['http', 'https'])('a proxy that lets nobody in over %s says so', async (scheme) => {
  proxy.user = 'me:word'
  const values = { url: `${scheme}://far.example/bucket/folder`, ssl_verify: certificate }
  useEnvironment({ all_proxy: proxyAddress })
  await expect(read(values)).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
  useEnvironment({ all_proxy: proxyAddress.replace('//', '//me:word@') })
  expect(await read(values)).toBe('content')
})
