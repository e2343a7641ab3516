import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  fetchDatasets,
  importRepository,
  initDataProject,
  openDataProject,
  pushDatasets,
} from '../index.ts'
import { TwoRepositories } from './two-repositories.testing.ts'

let both: TwoRepositories
let folder: string
let project: DataProject

beforeEach(async () => {
  both = await new TwoRepositories().begin()
  ;({ folder, project } = both)
})
afterEach(() => both.close())

async function withProject(name: string, work: (there: DataProject) => unknown): Promise<void> {
  const there = openDataProject(join(folder, name))
  try {
    await work(there)
  } finally {
    there.close()
  }
}

/** A folder of `other` that is a project with a cache of its own. */
async function subProject(): Promise<void> {
  initDataProject(join(folder, 'other/sub'))
  both.write('other/sub/deep/a', 'deep\n')
  both.write('other/sub/note', 'note\n')
  await withProject('other/sub', (sub) => addDataset(sub, 'deep'))
  both.commit('other', 'sub')
}

test('what a project in a folder of the repository keeps comes from its own cache', async () => {
  await subProject()
  const at = both.from()
  for (const [path, out] of [
    ['sub/deep', 'whole'],
    ['sub/deep/a', 'part'],
    ['sub', 'all'],
  ] as const)
    await importRepository(project, { ...at, path, out })
  expect([both.read('here/whole/a'), both.read('here/part')]).toEqual(['deep\n', 'deep\n'])
  expect(readdirSync(join(folder, 'here/all')).toSorted()).toEqual(['.gitignore', 'deep', 'note'])
  expect(both.read('here/whole.dvc')).toContain('- path: sub/deep\n')
})

test('of a whole repository the projects in its folders stay there', async () => {
  await subProject()
  await importRepository(project, { ...both.from(), path: '.', out: 'copy' })
  expect(readdirSync(join(folder, 'here/copy')).toSorted()).toEqual(['.gitignore', 'data', 'docs'])
  expect(both.read('here/copy.dvc')).toContain('- path: .\n')
})

test('what the other repository imported itself is brought from where that came from', async () => {
  both.repository('between').close()
  await withProject('between', async (between) => {
    const at = { ...both.from(), cwd: between.root }
    await importRepository(between, { ...at, path: 'data' })
    await importRepository(between, { ...at, path: 'docs' })
  })
  both.commit('between', 'imported')
  for (const kept of ['data', 'docs', '.dvc/cache'])
    rmSync(join(folder, 'between', kept), { recursive: true })
  const at = { ...both.from(), url: '../between' }
  for (const path of ['data', 'docs']) await importRepository(project, { ...at, path })
  const brought = () => [both.read('here/data/a'), both.read('here/docs/readme')]
  expect(brought()).toEqual(['v2\n', 'read\n'])
  for (const kept of ['data', 'docs', '.dvc/cache'])
    rmSync(join(folder, 'here', kept), { recursive: true })
  await fetchDatasets(project, [], { follow: at })
  await checkoutDatasets(project)
  expect(brought()).toEqual(['v2\n', 'read\n'])
  expect(existsSync(join(folder, 'between/.dvc/cache'))).toBe(false)
})

test('of a repository without a work tree the settings count that are committed', async () => {
  both.write('other/.dvc/config', `[core]\n    remote = r\n['remote "r"']\n    url = ${folder}/r\n`)
  await withProject('other', (other) => pushDatasets(other))
  both.commit('other', 'remote')
  both.git('.', 'clone', '-q', '--bare', 'other', 'bare')
  await importRepository(project, { ...both.from(), url: join(folder, 'bare'), path: 'data' })
  expect(both.read('here/data/a')).toBe('v2\n')
  const absent = { ...both.from(), path: '/data' }
  await expect(importRepository(project, absent)).rejects.toMatchObject({
    code: 'DATASET_NOT_FOUND',
  })
})

test('where only the place is recorded, and how to reach it, the bytes are those of dvc', async () => {
  const record = async (more: Partial<Parameters<typeof importRepository>[1]>) => {
    // A file that stands there keeps its order of keys.
    rmSync(join(folder, 'here/n.dvc'), { force: true })
    const asked = { ...both.from(), path: 'g', out: 'n', noExec: true, ...more }
    await importRepository(project, asked)
    return both.read('here/n.dvc')
  }
  // Of dvc 3.67.1.
  const theirs = (said: string): string =>
    `frozen: true\ndeps:\n- path: g\n  repo:\n    url: ../other\n${said}outs:\n- hash: md5\n  path: n\n`
  expect(await record({})).toBe(theirs(''))
  const settings = new Map([
    ['url', '/x'],
    ['port', '22'],
  ])
  expect(await record({ rev: 'v1', access: { remote: settings } })).toBe(
    theirs(`    rev: v1\n    remote:\n      url: /x\n      port: '22'\n`),
  )
  expect(await record({ access: { config: 'c.cfg', remote: 'zz' } })).toBe(
    theirs('    config: c.cfg\n    remote: zz\n'),
  )
})

test('the remote that an import names is asked, then and when it is fetched again', async () => {
  both.write('other/.dvc/config', `['remote "r"']\n    url = ${folder}/r\n`)
  await withProject('other', (other) => pushDatasets(other, [], { remote: 'r' }))
  both.commit('other', 'remote')
  rmSync(join(folder, 'other/.dvc/cache'), { recursive: true })
  const asked = { ...both.from(), path: 'data' }
  await expect(importRepository(project, asked)).rejects.toMatchObject({
    code: 'DATASET_NOT_IN_CACHE',
  })
  await importRepository(project, { ...asked, access: { remote: 'r' } })
  expect(both.read('here/data.dvc')).toMatch(/rev_lock: \w+\n    remote: r\n/)
  rmSync(join(folder, 'here/.dvc/cache'), { recursive: true })
  expect(await fetchDatasets(project, [], { follow: asked })).toMatchObject({ missing: [] })
  expect(existsSync(join(folder, 'here/.dvc/cache/files'))).toBe(true)
})
