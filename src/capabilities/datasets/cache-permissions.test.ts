import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addDataset, initDataProject, openDataProject } from './index.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-shared-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const mode = (path: string): string =>
  (statSync(join(root, '.dvc/cache', path)).mode & 0o7777).toString(8)

async function addOne(): Promise<string> {
  writeFileSync(join(root, 'a.csv'), 'a\n')
  const project = openDataProject(root)
  try {
    const { md5 } = await addDataset(project, 'a.csv')
    return `files/md5/${md5.slice(0, 2)}`
  } finally {
    project.close()
  }
}

test('with cache.shared = group all folders of the cache are for the group, and objects stay read-only', async () => {
  appendFileSync(join(root, '.dvc/config'), '[cache]\n    shared = group\n')
  const prefix = await addOne()
  const folders = ['', 'files', 'files/md5', 'runs', prefix, '.ratchet-tmp']
  expect(folders.map((folder) => [folder, mode(folder)])).toEqual(
    folders.map((folder) => [folder, '2775']),
  )
  const [object = ''] = readdirSync(join(root, '.dvc/cache', prefix))
  expect(mode(`${prefix}/${object}`)).toBe('444')
})

test('so are those that come with many files at once', async () => {
  appendFileSync(join(root, '.dvc/config'), '[cache]\n    shared = group\n')
  mkdirSync(join(root, 'many'))
  for (let index = 0; index < 300; index++)
    writeFileSync(join(root, 'many', `${index}`), `${index}`)
  const project = openDataProject(root)
  await addDataset(project, 'many')
  project.close()
  const prefixes = readdirSync(join(root, '.dvc/cache/files/md5'))
  expect(new Set(prefixes.map((prefix) => mode(`files/md5/${prefix}`)))).toEqual(new Set(['2775']))
})

test('without it they are as this user makes folders', async () => {
  const prefix = await addOne()
  expect(mode(prefix)).toBe((0o777 & ~process.umask()).toString(8))
})
