import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { md5 } from '../../../src/base/hash.ts'
import {
  importAddress,
  initDataProject,
  openDataProject,
  updateImports,
} from '../../../src/capabilities/datasets/index.ts'
import type { Liar } from './lies.contract.ts'

/** What an import of a store brings, records and follows. */
export function importContract(title: string, prepare: () => Promise<Liar>): void {
  it(`imports a file and a folder of ${title}, and sees when they change`, async () => {
    const { settings, open } = await prepare()
    const root = mkdtempSync(join(tmpdir(), 'ratchet-import-'))
    execFileSync('git', ['init', '-q', root])
    initDataProject(root)
    const lines = Object.entries(settings).map(([key, value]) => `    ${key} = ${value}\n`)
    writeFileSync(join(root, '.dvc/config'), `['remote "far"']\n${lines.join('')}`)
    const project = openDataProject(root)
    const put = async (key: string, text: string): Promise<void> => {
      const [remote, path] = [await open(), join(root, '.dvc/tmp-upload')]
      writeFileSync(path, text)
      await remote.upload(key, { path, size: Buffer.byteLength(text), md5: md5(text) })
      await remote.close()
    }
    const read = (path: string): string => readFileSync(join(root, path), 'utf8')
    const update = async () => {
      const clones = join(root, '.ratchet/clones')
      const done = await updateImports(project, { targets: [], clones, readStageOuts: () => [] })
      return done.map(({ path, changed }) => [path, changed])
    }
    try {
      for (const name of ['raw/a.csv', 'raw/sub/b é.csv', 'rawer.csv']) await put(name, `${name}\n`)
      const from = { cwd: root, here: '' }
      await importAddress(project, { ...from, url: 'remote://far/raw' })
      await importAddress(project, { ...from, url: 'remote://far/rawer.csv', out: 'one.csv' })
      expect([read('raw/a.csv'), read('raw/sub/b é.csv')]).toEqual([
        'raw/a.csv\n',
        'raw/sub/b é.csv\n',
      ])
      expect(read('raw.dvc')).toMatch(/deps:\n- md5: [0-9a-f]{32}\.dir\n  size: 27\n  nfiles: 2\n/)
      expect(read('one.csv.dvc')).toMatch(
        /deps:\n- etag: \S+\n  size: 10\n  hash: md5\n  path: remote:/,
      )
      expect(await update()).toEqual([
        ['one.csv', false],
        ['raw', false],
      ])
      await put('raw/a.csv', 'changed\n')
      await put('rawer.csv', 'changed, too\n')
      expect(await update()).toEqual([
        ['one.csv', true],
        ['raw', true],
      ])
      expect([read('raw/a.csv'), read('one.csv')]).toEqual(['changed\n', 'changed, too\n'])
    } finally {
      project.close()
      rmSync(root, { recursive: true, force: true })
    }
  })
}
