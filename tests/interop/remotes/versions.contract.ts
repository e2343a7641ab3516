import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { md5 } from '../../../src/base/hash.ts'
import type { Remote, Uploaded } from '../../../src/capabilities/datasets/remotes/port.ts'

/** What every store must do that keeps versions of what has one name. */
export function versionsContract(title: string, openEmpty: () => Promise<Remote>): void {
  it(`${title} gives back each version of an object, and the newest unasked`, async () => {
    const remote = await openEmpty()
    const folder = mkdtempSync(join(tmpdir(), 'ratchet-versions-'))
    const put = async (text: string): Promise<Uploaded> => {
      const path = join(folder, 'source')
      writeFileSync(path, text)
      const source = { path, size: text.length, md5: md5(text) }
      return (await remote.upload('data/a', source)) ?? {}
    }
    const read = async (version?: string): Promise<string> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of remote.open('data/a', { version })) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    }
    try {
      const large = 'x'.repeat(20_000_000)
      const made = [await put('one'), await put(large), await put('three')]
      expect(new Set(made.map(({ version }) => version)).size).toBe(3)
      expect(made[0]?.version).toEqual(expect.any(String))
      expect(await remote.head('data/a')).toEqual({ key: 'data/a', size: 5, ...made[2] })
      expect(await remote.head('data/a', { version: made[0]?.version })).toEqual({
        key: 'data/a',
        size: 3,
        ...made[0],
      })
      expect(await read(made[0]?.version)).toBe('one')
      expect((await read(made[1]?.version)) === large).toBe(true)
      expect(await read()).toBe('three')
      for await (const batch of remote.list('data/'))
        expect(batch).toMatchObject([{ key: 'data/a', etag: made[2]?.etag }])
      await remote.delete(['data/a'])
      expect(await remote.head('data/a')).toBe(null)
      expect(await read(made[0]?.version)).toBe('one')
      expect(await remote.head('data/a', { version: '1234567' })).toBe(null)
      await expect(read('1234567')).rejects.toMatchObject({ code: 'DATASET_REMOTE_MISSING' })
    } finally {
      await remote.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
