import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { remoteContract } from '../../../src/capabilities/datasets/remotes/remote.contract.ts'
import { openS3Remote } from '../../../src/capabilities/datasets/remotes/s3.ts'
import { freePort } from '../../free-port.ts'
import { tools } from '../tools.ts'
import { remoteSettingsOf } from './settings.ts'
import { keepVersions } from './keep-versions.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { versionsContract } from './versions.contract.ts'

const ACCESS = 'ratchet-access'
const SECRET = 'ratchet-secret'

let folder: string
let server: ServerProcess
let endpoint: string
let buckets = 0

beforeAll(async () => {
  const gateway = tools.s3Gateway()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-s3-'))
  mkdirSync(join(folder, 'buckets'))
  const port = await freePort()
  endpoint = `http://127.0.0.1:${port}`
  mkdirSync(join(folder, 'versions'))
  const store = ['posix', '--versioning-dir', join(folder, 'versions'), join(folder, 'buckets')]
  server = await startServer([gateway, '--port', `127.0.0.1:${port}`, ...store], port, {
    ROOT_ACCESS_KEY: ACCESS,
    ROOT_SECRET_KEY: SECRET,
  })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function emptyBucket(): string {
  const name = `bucket-${buckets++}`
  mkdirSync(join(folder, 'buckets', name))
  return name
}

const keys = { access_key_id: ACCESS, secret_access_key: SECRET }
const open = (url: string, values: Readonly<Record<string, string>>) =>
  openS3Remote(remoteSettingsOf(url, { endpointurl: endpoint, ...values }))

remoteContract('S3 (versitygw)', () => open(`s3://${emptyBucket()}/some/folder`, keys))

versionsContract('S3 (versitygw)', async () => {
  const bucket = emptyBucket()
  await keepVersions({ endpoint, accessKeyId: ACCESS, secretAccessKey: SECRET }, bucket)
  return open(`s3://${bucket}/some/folder`, keys)
})

it('takes its credentials from a profile of a file', async () => {
  const file = join(folder, 'credentials')
  writeFileSync(
    file,
    `[other]\naws_access_key_id = ${ACCESS}\naws_secret_access_key = ${SECRET}\n`,
    { mode: 0o600 },
  )
  const url = `s3://${emptyBucket()}`
  const remote = await open(url, { credentialpath: file, profile: 'other' })
  expect(await remote.head('files/md5/ab/absent')).toBe(null)
  await remote.close()
})

it.each([
  ['a wrong secret', { ...keys, secret_access_key: 'no' }, 'DATASET_REMOTE_REFUSED'],
  ['nobody', { allow_anonymous_login: 'true' }, 'DATASET_REMOTE_REFUSED'],
  ['a closed port', { ...keys, endpointurl: 'http://127.0.0.1:9' }, 'DATASET_REMOTE_UNREACHABLE'],
])('says which fault it is: %s', async (_title, values, code) => {
  const remote = await open(`s3://${emptyBucket()}`, values)
  const listing = async (): Promise<void> => {
    for await (const _ of remote.list('')) continue
  }
  await expect(listing()).rejects.toMatchObject({ code })
  await remote.close()
})

it('says that there is no such bucket', async () => {
  const remote = await open('s3://nowhere', keys)
  await expect(remote.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'DATASET_REMOTE_UNREACHABLE',
  })
  await remote.close()
})
