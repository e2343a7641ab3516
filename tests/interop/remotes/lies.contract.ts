import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { md5 } from '../../../src/base/hash.ts'
import {
  addDataset,
  type DataProject,
  fetchDatasets,
  initDataProject,
  openDataProject,
  pushDatasets,
} from '../../../src/capabilities/datasets/index.ts'
import { objectsInCache } from '../../../src/capabilities/datasets/objects-in-cache.testing.ts'
import type { Remote } from '../../../src/capabilities/datasets/remotes/port.ts'
import type { IllProxy, Passing } from './ill-proxy.ts'

export interface Liar {
  /** Address and settings, as `.dvc/config` has them. */
  readonly settings: Readonly<Record<string, string>>
  /** The same store, past what errs. */
  readonly open: () => Promise<Remote>
  /** What stands before a store that speaks HTTP. */
  readonly proxy: IllProxy | null
}

const one = md5('1\n')
const keyOf = (oid: string): string => `files/md5/${oid.slice(0, 2)}/${oid.slice(2)}`

/** How a remote that lies, errs and falls silent is borne, whatever its kind. */
export function lyingContract(
  title: string,
  { speaksHttp }: { readonly speaksHttp: boolean },
  prepare: () => Promise<Liar>,
): void {
  describe(`a remote on ${title} that ails`, () => {
    let root: string
    let liar: Liar
    let project: DataProject

    beforeEach(async () => {
      liar = await prepare()
      root = mkdtempSync(join(tmpdir(), 'ratchet-lies-'))
      execFileSync('git', ['init', '-q', root])
      initDataProject(root)
      const lines = Object.entries(liar.settings).map(([key, value]) => `    ${key} = ${value}\n`)
      writeFileSync(
        join(root, '.dvc/config'),
        `[core]\n    remote = far\n['remote "far"']\n${lines.join('')}`,
      )
      project = openDataProject(root)
    })
    afterEach(() => {
      liar.proxy?.heal()
      project.close()
      rmSync(root, { recursive: true, force: true })
    })

    function write(path: string, content: string | Buffer): void {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }

    const cached = (): readonly string[] => objectsInCache(project)

    // Six files in a folder, on the remote only.
    async function pushSix(): Promise<string> {
      for (let index = 0; index < 6; index++) write(`d/${index}`, `${index}\n`)
      const { md5: oid } = await addDataset(project, 'd')
      await pushDatasets(project)
      rmSync(project.cacheDir, { recursive: true, force: true })
      liar.proxy?.heal()
      return oid
    }

    async function atStore(work: (remote: Remote) => Promise<void>): Promise<void> {
      const remote = await liar.open()
      await work(remote)
      await remote.close()
    }

    it.each([
      ['other bytes', 'other'],
      ['an object that was cut short', '1'],
    ])('gives %s no name in the cache, and says which object it was', async (_, text) => {
      const folder = await pushSix()
      const path = join(root, 'lie')
      writeFileSync(path, text)
      await atStore(
        async (remote) =>
          void (await remote.upload(keyOf(one), { path, size: text.length, md5: md5(text) })),
      )
      await expect(fetchDatasets(project)).rejects.toMatchObject({
        code: 'DATASET_REMOTE_CORRUPT',
        detail: expect.stringContaining(`expected MD5 ${one}`) as string,
      })
      expect(cached()).not.toContain(one)
      expect(cached()).not.toContain(folder)
    })

    it('names an object that is missing under its folder, and brings the rest', async () => {
      await pushSix()
      await atStore((remote) => remote.delete([keyOf(one)]))
      expect((await fetchDatasets(project)).missing).toEqual([one])
      expect(cached()).toHaveLength(6)
    })

    // SSH has no answers of its own: what its server says is held by the cases above.
    if (!speaksHttp) return
    describe('over HTTP', () => {
      const proxy = (): IllProxy => {
        if (liar.proxy === null) throw new Error('a store that speaks HTTP stands behind a proxy')
        return liar.proxy
      }

      it('is asked again when it fails now and then', async () => {
        const folder = await pushSix()
        let count = 0
        proxy().trouble = (_, response) => count++ % 3 === 0 && refuse(response, 503)
        await fetchDatasets(project)
        expect(cached()).toContain(folder)
        expect(cached()).toHaveLength(7)
      })

      it('is given up when it always fails, after tries that are counted', async () => {
        await pushSix()
        proxy().trouble = (_, response) => refuse(response, 500)
        await expect(fetchDatasets(project)).rejects.toMatchObject({
          code: 'DATASET_REMOTE_UNREACHABLE',
          exit: 69,
        })
        expect(proxy().passed.length).toBeLessThanOrEqual(15)
        expect(cached()).toEqual([])
      })

      it('is not waited for when it is silent, and is asked again', async () => {
        await pushSix()
        let silent = 2
        proxy().trouble = () => silent-- > 0
        await fetchDatasets(project)
        expect(cached()).toHaveLength(7)
      })

      it('keeps what came before the credentials ended; the next run brings the rest only', async () => {
        await pushSix()
        let answers = 0
        proxy().trouble = ({ range }, response) =>
          range !== undefined && answers++ >= 3 && refuse(response, 403)
        await expect(fetchDatasets(project, [], { jobs: 1 })).rejects.toMatchObject({
          code: 'DATASET_REMOTE_REFUSED',
        })
        const came = cached().length
        expect(came).toBeGreaterThan(0)
        proxy().heal()
        expect(await fetchDatasets(project)).toMatchObject({ fetched: 7 - came, missing: [] })
      })

      it('costs one range, and one part, when the line drops in the middle', async () => {
        const content = randomBytes(40 << 20)
        write('big', content)
        const { md5: oid } = await addDataset(project, 'big')
        const large = ({ path, method }: Passing): boolean =>
          method === 'PUT' && /upload|comp=block&/.test(path)
        let drops = 1
        proxy().trouble = (passing, response) => {
          if (!large(passing) || drops-- <= 0) return false
          response.destroy()
          return true
        }
        await pushDatasets(project)
        expect(drops).toBeLessThan(1)
        rmSync(project.cacheDir, { recursive: true })
        proxy().heal()
        drops = 1
        proxy().dropAfter = ({ range }) =>
          range !== undefined && drops-- > 0 ? 1000 : Number.POSITIVE_INFINITY
        await fetchDatasets(project)
        expect(cached()).toEqual([oid])
        expect(
          proxy().passed.filter(({ range }) => range !== undefined).length,
        ).toBeLessThanOrEqual(12)
      })
    })
  })
}

/** Ends an answer as a service does that cannot, or does not want to. */
function refuse(response: ServerResponse, status: number): true {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { code: status, message: 'told to err' } }))
  return true
}
