import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openGcsRemote } from '../../../src/capabilities/datasets/remotes/gcs.ts'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { freePort } from '../../free-port.ts'
import { tools } from '../tools.ts'
import { IllProxy } from './ill-proxy.ts'
import { importContract } from './imports.contract.ts'
import { type Liar, lyingContract } from './lies.contract.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { remoteSettingsOf } from './settings.ts'
import { versionsContract } from './versions.contract.ts'

let folder: string
let server: ServerProcess
let endpoint: string
let buckets = 0
const proxy = new IllProxy()

beforeAll(async () => {
  const program = tools.gcsServer()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-gcs-'))
  mkdirSync(join(folder, 'buckets'))
  const port = await freePort()
  // What the server says of itself leads through the proxy too.
  endpoint = `http://127.0.0.1:${await proxy.start()}`
  const where = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)]
  const store = ['-backend', 'memory', '-external-url', endpoint]
  server = await startServer([program, ...where, ...store], port)
  proxy.leadTo(port)
  // How far an upload is, whose first part was lost: fake-gcs-server takes the question for the end of it.
  proxy.besides = ({ contentRange }, response) => {
    if (contentRange !== 'bytes */*') return false
    response.writeHead(308, { 'content-length': 0 }).end()
    return true
  }
})
afterAll(async () => {
  proxy.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function emptyBucket(settings: object = {}): Promise<string> {
  const name = `bucket-${buckets++}`
  await fetch(`${endpoint}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...settings }),
  })
  return name
}

const open = (url: string) => openGcsRemote(remoteSettingsOf(url, { endpointurl: endpoint }))

remoteContract('Google Cloud Storage (fake-gcs-server)', async () =>
  open(`gs://${await emptyBucket()}/some/folder`),
)

const storeOf = async (): Promise<Liar> => {
  const url = `gs://${await emptyBucket()}/some/folder`
  // DVC has no such setting for this kind of remote; only a test waits for less than a minute.
  const settings = { url, endpointurl: endpoint, read_timeout: '1' }
  return { settings, open: () => open(url), proxy }
}

lyingContract('Google Cloud Storage (fake-gcs-server)', { speaksHttp: true }, storeOf)
importContract('Google Cloud Storage (fake-gcs-server)', storeOf)

versionsContract('Google Cloud Storage (fake-gcs-server)', async () =>
  open(`gs://${await emptyBucket({ versioning: { enabled: true } })}/some/folder`),
)

it('refuses an address without a bucket', async () => {
  await expect(open('gs:///x')).rejects.toMatchObject({ code: 'DATASET_FILE_INVALID' })
})
