import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { existsEach, type Remote, type UploadSource } from './port.ts'

/** What every adapter of the remote port must do. `openEmpty` gives a remote that holds nothing. */
export function remoteContract(title: string, openEmpty: () => Promise<Remote>): void {
  describe(`a remote on ${title}`, () => {
    let remote: Remote
    let folder: string
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ratchet-remote-source-'))
      remote = await openEmpty()
    })
    afterEach(async () => {
      await remote.close()
      rmSync(folder, { recursive: true, force: true })
    })

    function source(content: Uint8Array): UploadSource {
      const path = join(folder, randomBytes(8).toString('hex'))
      writeFileSync(path, content)
      return { path, size: content.length, md5: createHash('md5').update(content).digest('hex') }
    }
    async function read(key: string): Promise<Buffer> {
      const chunks: Uint8Array[] = []
      for await (const chunk of remote.open(key)) chunks.push(chunk)
      return Buffer.concat(chunks)
    }
    // A store that cannot list is not asked to.
    async function expectListed(prefix: string, expected: readonly string[]): Promise<void> {
      if (!remote.canList) return
      const keys: string[] = []
      const anHourAgo = Date.now() - 3_600_000
      for await (const batch of remote.list(prefix))
        for (const { key, modifiedAt = 0 } of batch) {
          keys.push(key)
          // Garbage collection spares what is young: so each store must say when an object came.
          expect(modifiedAt).toBeGreaterThan(anHourAgo)
        }
      expect(keys.toSorted()).toEqual(expected)
    }

    it.each([0, 1, 100_000, 20_000_000])('gives back an object of %i bytes', async (size) => {
      const content = randomBytes(size)
      let sent = 0
      const onBytes = (count: number): void => void (sent += count)
      await remote.upload('files/md5/ab/object', source(content), { onBytes })
      expect((await read('files/md5/ab/object')).equals(content)).toBe(true)
      expect(await remote.head('files/md5/ab/object')).toMatchObject({ size })
      expect(sent).toBe(size)
    })

    it('replaces an object as a whole', async () => {
      await remote.upload('files/md5/ab/object', source(Buffer.from('longer than the next')))
      await remote.upload('files/md5/ab/object', source(Buffer.from('next')))
      expect((await read('files/md5/ab/object')).toString()).toBe('next')
    })

    it('answers that a key is absent, and says so when it is read', async () => {
      expect(await remote.head('files/md5/ab/absent')).toBe(null)
      await expect(read('files/md5/ab/absent')).rejects.toMatchObject({
        code: 'DATASET_REMOTE_MISSING',
      })
      await expectListed('files/md5/', [])
    })

    it('lists by folder and by a part of a name', async () => {
      const keys = ['files/md5/0a/x1', 'files/md5/0b/x2', 'files/md5/1a/x3.dir', 'runs/ab/abc/def']
      for (const key of keys) await remote.upload(key, source(Buffer.from(key)))
      await expectListed('', keys)
      await expectListed('files/md5/', keys.slice(0, 3))
      await expectListed('files/md5/0', keys.slice(0, 2))
      await expectListed('runs/', keys.slice(3))
      expect(await remote.head('runs/ab/abc/def')).toMatchObject({ size: 15 })
    })

    it('tells which of many keys exist', async () => {
      const keys = Array.from({ length: 30 }, (_, index) => `files/md5/ab/${index}`)
      for (const key of keys.slice(0, 10)) await remote.upload(key, source(Buffer.from('x')))
      expect(await existsEach(remote, keys, { jobs: 8 })).toEqual(new Set(keys.slice(0, 10)))
    })

    it('refuses bytes that are not what they were said to be, and keeps nothing of them', async () => {
      const wrong = { ...source(Buffer.from('these bytes')), md5: '0'.repeat(32) }
      await expect(remote.upload('files/md5/ab/object', wrong)).rejects.toThrow(/CORRUPT/)
      expect(await remote.head('files/md5/ab/object')).toBe(null)
    })

    it('leaves no half object when it is stopped', async () => {
      const stop = new AbortController()
      const onBytes = (): void => stop.abort(new Error('stopped'))
      const sending = remote.upload('files/md5/ab/object', source(randomBytes(30_000_000)), {
        signal: stop.signal,
        onBytes,
      })
      await expect(sending).rejects.toThrow(/stopped|abort/i)
      expect(await remote.head('files/md5/ab/object')).toBe(null)
      await expectListed('', [])
    })

    it('deletes, and may delete twice', async () => {
      await remote.upload('files/md5/ab/object', source(Buffer.from('x')))
      await remote.delete(['files/md5/ab/object', 'files/md5/ab/absent'])
      await remote.delete(['files/md5/ab/object'])
      expect(await remote.head('files/md5/ab/object')).toBe(null)
    })
  })
}
