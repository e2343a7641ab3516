import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { openRemote } from './open.ts'
import type { Remote } from './port.ts'

let folder: string
let endpointurl: string
let received: IncomingHttpHeaders[]
const server = createServer((request, response) => {
  received.push(request.headers)
  request.resume()
  request.on('end', () => response.writeHead(200, { etag: '"e"', 'content-length': 0 }).end())
})
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-options-'))
  writeFileSync(join(folder, 'object'), 'content')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpointurl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  received = []
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const KEYS = { access_key_id: 'a', secret_access_key: 'b' }

function open(values: Readonly<Record<string, string>>): Promise<Remote> {
  const asked = { url: 's3://bucket/x', endpointurl, ...values }
  const said = Object.entries(asked).map(
    ([key, text]) => [key, { text, level: 'local', file: join(folder, 'config') }] as const,
  )
  return openRemote({ settings: new Map([['remote "far"', new Map(said)]]) }, 'far')
}

async function uploadAndLook(values: Readonly<Record<string, string>>) {
  const remote = await open(values)
  await remote.upload('a', { path: join(folder, 'object'), size: 7, md5: md5('content') })
  await remote.head('a')
  await remote.close()
  return received as [IncomingHttpHeaders, IncomingHttpHeaders]
}

const customer = randomBytes(32)

test.each([
  [{ sse: 'AES256' }, { 'x-amz-server-side-encryption': 'AES256' }],
  [
    { sse: 'aws:kms', sse_kms_key_id: 'key' },
    {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key',
    },
  ],
  [{ acl: 'bucket-owner-full-control' }, { 'x-amz-acl': 'bucket-owner-full-control' }],
  [
    {
      grant_read: 'id=1',
      grant_read_acp: 'id=2',
      grant_write_acp: 'id=3',
      grant_full_control: 'id=4',
    },
    {
      'x-amz-grant-read': 'id=1',
      'x-amz-grant-read-acp': 'id=2',
      'x-amz-grant-write-acp': 'id=3',
      'x-amz-grant-full-control': 'id=4',
    },
  ],
  [{ session_token: 'token' }, { 'x-amz-security-token': 'token' }],
])('%j is said with each object that is written', async (values, headers) => {
  const [put] = await uploadAndLook({ ...KEYS, ...values })
  expect(put).toMatchObject(headers)
})

test("the customer's own key goes along with writes and reads", async () => {
  const key = customer.toString('base64')
  for (const headers of await uploadAndLook({ ...KEYS, sse_customer_key: key }))
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': key,
      'x-amz-server-side-encryption-customer-key-md5': Buffer.from(md5(customer), 'hex').toString(
        'base64',
      ),
    })
})

test('nobody signs where allow_anonymous_login says so, and credentialpath with profile who does', async () => {
  const [anonymous] = await uploadAndLook({ allow_anonymous_login: 'true' })
  expect(anonymous.authorization).toBe(undefined)
  received = []
  writeFileSync(
    join(folder, 'credentials'),
    '[other]\naws_access_key_id = ofother\naws_secret_access_key = b\n',
  )
  const [other] = await uploadAndLook({ credentialpath: 'credentials', profile: 'other' })
  expect(other.authorization).toContain('Credential=ofother/')
})

test.each([
  [{ acl: 'private', grant_read: 'id=1' }, 'remote.far.grant_read'],
  [{ sse_customer_key: 'a', sse_kms_key_id: 'b' }, 'remote.far.sse_kms_key_id'],
  [{ jobs: '0' }, 'remote.far.jobs'],
  [{ jobs: 'many' }, 'remote.far.jobs'],
])('%j is refused before anything is sent', async (values, path) => {
  const code = 'DATASET_CONFIG_INVALID'
  await expect(open({ ...KEYS, ...values })).rejects.toMatchObject({ code, path })
  expect(received).toEqual([])
})

test('jobs says how many calls are under way at once', async () => {
  const remote = await open({ ...KEYS, jobs: '3' })
  expect(remote.jobs).toBe(3)
  await remote.close()
})
