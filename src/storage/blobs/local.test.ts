import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { blobsContract } from './blobs.contract.ts'
import { localBlobs } from './local.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-blobs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

blobsContract('local disk', async () => localBlobs(join(folder, 'sha256')))

it('notices that a stored file was changed', async () => {
  const blobs = localBlobs(folder)
  const { digest } = await blobs.put(Buffer.from('model'))
  writeFileSync(await blobs.path(digest), 'modem')
  await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
})

it('leaves no temporary file behind, also after a failure', async () => {
  const blobs = localBlobs(folder)
  await blobs.put(Buffer.from('kept'))
  async function* broken() {
    yield Buffer.from('half')
    throw new Error('cut')
  }
  await expect(blobs.put(broken())).rejects.toThrow('cut')
  expect(readdirSync(folder).filter((name) => name.startsWith('.tmp'))).toEqual([])
})

it('says which fault it met when the folder cannot be made', async () => {
  writeFileSync(join(folder, 'file'), '')
  await expect(localBlobs(join(folder, 'file')).put(Buffer.from('x'))).rejects.toThrow(/file/)
})
