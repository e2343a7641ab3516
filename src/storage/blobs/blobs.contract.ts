import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../base/hash.ts'
import type { Blobs } from './port.ts'

/** What every adapter of the blob port must do. `open` gives an empty store. */
export function blobsContract(name: string, open: () => Promise<Blobs>): void {
  describe(`blobs on ${name}`, () => {
    let blobs: Blobs
    beforeEach(async () => {
      blobs = await open()
    })

    it('gives back what was stored, under its SHA-256', async () => {
      const content = randomBytes(100_000)
      const { digest, size } = await blobs.put(content)
      expect({ digest, size }).toEqual({ digest: sha256(content), size: 100_000 })
      expect(Buffer.from(await blobs.read(digest))).toEqual(content)
      expect(await readFile(await blobs.path(digest))).toEqual(content)
      expect(Buffer.concat(await (await blobs.open(digest)).toArray())).toEqual(content)
    })

    it('stores a stream as it would store the same bytes at once', async () => {
      const chunks = [randomBytes(70_000), randomBytes(1), Buffer.alloc(0), randomBytes(9000)]
      async function* stream() {
        yield* chunks
      }
      const streamed = await blobs.put(stream())
      expect(streamed).toEqual(await blobs.put(Buffer.concat(chunks)))
    })

    it('stores nothing of a stream that breaks', async () => {
      async function* broken() {
        yield Buffer.from('half')
        throw new Error('the client went away')
      }
      await expect(blobs.put(broken())).rejects.toThrow('the client went away')
      expect(await blobs.has(sha256('half'))).toBe(false)
    })

    it('stores the same content from many sides at once', async () => {
      const same = await Promise.all(Array.from({ length: 20 }, () => blobs.put(Buffer.from('x'))))
      expect(new Set(same.map((blob) => blob.digest)).size).toBe(1)
      expect(Buffer.from(await blobs.read(sha256('x'))).toString()).toBe('x')
    })

    it('knows an empty content', async () => {
      const { digest, size } = await blobs.put(new Uint8Array())
      expect(size).toBe(0)
      expect((await blobs.read(digest)).byteLength).toBe(0)
    })

    it('says so when it has nothing under a hash', async () => {
      const absent = sha256('absent')
      expect(await blobs.has(absent)).toBe(false)
      for (const work of [blobs.read, blobs.open, blobs.path])
        await expect(work(absent)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' })
    })

    it('deletes, and may delete twice', async () => {
      const { digest } = await blobs.put(Buffer.from('gone'))
      await blobs.delete(digest)
      await blobs.delete(digest)
      expect(await blobs.has(digest)).toBe(false)
    })

    it('lists what it has', async () => {
      await blobs.put(Buffer.from('one'))
      await blobs.put(Buffer.from('three'))
      const sizes = new Map<string, number>()
      for await (const { digest, size } of blobs.list()) sizes.set(digest, size)
      expect(sizes).toEqual(
        new Map([
          [sha256('one'), 3],
          [sha256('three'), 5],
        ]),
      )
    })

    it.each(['', '..', '../../etc/passwd', 'a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(64)}/x`])(
      'refuses %j as a hash',
      async (digest) => {
        for (const work of [blobs.read, blobs.open, blobs.path, blobs.has, blobs.delete])
          await expect(work(digest)).rejects.toMatchObject({ code: 'BLOB_DIGEST_INVALID' })
      },
    )
  })
}
