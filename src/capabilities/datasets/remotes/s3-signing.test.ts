import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5, sha256 } from '../../../base/hash.ts'
import { openS3Remote } from './s3.ts'

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

const received: Received[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks) })
    response.writeHead(200, { etag: '"e"' }).end()
  })
})
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-signing-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the signature covers the SHA-256 of what is sent, and the store is told its MD5', async () => {
  const content = Buffer.alloc(3 << 20, 'some bytes')
  const path = join(folder, 'object')
  writeFileSync(path, content)
  const { port } = server.address() as AddressInfo
  const value = (text: string) => ({ text, level: 'local' as const, file: '' })
  const values = new Map([
    ['endpointurl', value(`http://127.0.0.1:${port}`)],
    ['access_key_id', value('a')],
    ['secret_access_key', value('b')],
  ])
  const remote = await openS3Remote({ name: 'far', url: 's3://bucket/x', values })
  await remote.upload('ab/cd', { path, size: content.length, md5: md5(content) })
  await remote.close()
  const [{ headers, body }] = received as [Received]
  expect(body.equals(content)).toBe(true)
  expect(headers['x-amz-content-sha256']).toBe(sha256(content))
  expect(headers['content-md5']).toBe(Buffer.from(md5(content), 'hex').toString('base64'))
  expect(headers.authorization).toContain('content-md5')
  expect(headers.authorization).toContain('x-amz-content-sha256')
  expect(headers.expect).toBe(undefined)
})
