import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAzureRemote } from '../../../src/capabilities/datasets/remotes/azure.ts'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { freePort } from '../../free-port.ts'
import { tools } from '../tools.ts'
import { IllProxy } from './ill-proxy.ts'
import { importContract } from './imports.contract.ts'
import { type Liar, lyingContract } from './lies.contract.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { remoteSettingsOf } from './settings.ts'

const ACCOUNT = 'ratchet'
const KEY = Buffer.from('a key that only this test knows').toString('base64')

let folder: string
let server: ServerProcess
let connection: string
let containers = 0
const proxy = new IllProxy()

beforeAll(async () => {
  const program = tools.azurite()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-azure-'))
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${await proxy.start()}/${ACCOUNT}`
  connection = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${endpoint};`
  const where = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', folder]
  const quiet = ['--silent', '--skipApiVersionCheck', '--disableTelemetry']
  server = await startServer([process.execPath, program, ...where, ...quiet], port, {
    AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}`,
  })
  proxy.leadTo(port)
})
afterAll(async () => {
  proxy.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function emptyContainer(): Promise<string> {
  const name = `container-${containers++}`
  await BlobServiceClient.fromConnectionString(connection).createContainer(name)
  return name
}

const open = (url: string, connection_string = connection) =>
  openAzureRemote(remoteSettingsOf(url, { connection_string }))

remoteContract('Azure Blob Storage (azurite)', async () =>
  open(`azure://${await emptyContainer()}/some/folder`),
)

const storeOf = async (): Promise<Liar> => {
  const url = `azure://${await emptyContainer()}/some/folder`
  const settings = { url, connection_string: connection, read_timeout: '1' }
  return { settings, open: () => open(url), proxy }
}

lyingContract('Azure Blob Storage (azurite)', { speaksHttp: true }, storeOf)
importContract('Azure Blob Storage (azurite)', storeOf)

it('says that a wrong key does not let us in', async () => {
  const wrong = connection.replace(KEY, Buffer.from('another').toString('base64'))
  const remote = await open(`azure://${await emptyContainer()}`, wrong)
  await expect(remote.head('x')).rejects.toMatchObject({ code: 'DATASET_REMOTE_REFUSED' })
})

it('says what is missing of the settings', async () => {
  const asked = remoteSettingsOf('azure://container', {})
  await expect(openAzureRemote(asked)).rejects.toMatchObject({ code: 'DATASET_FILE_INVALID' })
})
