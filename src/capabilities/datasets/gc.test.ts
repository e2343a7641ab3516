import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import {
  addDataset,
  collectGarbage,
  type DataProject,
  initDataProject,
  openDataProject,
  pushDatasets,
} from './index.ts'

let base: string
let project: DataProject

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-gc-'))
  project = repository('here')
})
afterEach(() => {
  project.close()
  rmSync(base, { recursive: true, force: true })
})

function repository(name: string): DataProject {
  const root = join(base, name)
  mkdirSync(root)
  execFileSync('git', ['init', '-q', '-b', 'main', root])
  initDataProject(root)
  appendFileSync(
    join(root, '.dvc/config'),
    `[core]\n    remote = near\n[cache]\n    dir = ../../cache\n['remote "near"']\n    url = ../../remote\n`,
  )
  return openDataProject(root)
}

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
  execFileSync('git', ['-C', project.root, ...who, ...args], { stdio: 'pipe' })
}

async function add(text: string, to: DataProject = project): Promise<void> {
  writeFileSync(join(to.root, 'a.csv'), text)
  await addDataset(to, 'a.csv')
}

async function commit(text: string): Promise<void> {
  await add(text)
  git('add', '-A')
  git('commit', '-qm', text)
}

const kept = (...texts: readonly string[]): readonly boolean[] =>
  texts.map((text) =>
    existsSync(join(base, 'cache/files/md5', md5(text).slice(0, 2), md5(text).slice(2))),
  )

test('branches keep what so many commits back use', async () => {
  for (const text of ['one', 'two', 'three']) await commit(text)
  await collectGarbage(project, { scope: { allBranches: true, num: 2 }, minAgeMs: 0 })
  expect(kept('one', 'two', 'three')).toEqual([false, true, true])
  const alone = collectGarbage(project, { scope: { allTags: true, num: 2 } })
  await expect(alone).rejects.toMatchObject({ code: 'DATASET_SCOPE_MISSING' })
})

test('when Git does not answer, nothing is removed', async () => {
  await commit('one')
  await add('two')
  writeFileSync(join(project.root, '.git/config'), '[broken\n')
  for (const scope of [{ allBranches: true }, { allCommits: true }, { date: '2020-01-01' }])
    await expect(collectGarbage(project, { scope, minAgeMs: 0 })).rejects.toMatchObject({
      code: 'DATASET_REVISION_UNKNOWN',
    })
  expect(kept('one', 'two')).toEqual([true, true])
})

test('what another project with the same cache uses stays', async () => {
  const other = repository('there')
  await add('theirs', other)
  await add('ours')
  await add('newer')
  const scope = { workspace: true }
  await collectGarbage(project, { scope, projects: [other], minAgeMs: 0 })
  expect(kept('theirs', 'ours', 'newer')).toEqual([true, false, true])
  await collectGarbage(project, { scope, minAgeMs: 0 })
  expect(kept('theirs', 'newer')).toEqual([false, true])
  other.close()
})

test('what the remote has goes when it is asked for, used or not', async () => {
  await add('pushed')
  await pushDatasets(project)
  const scope = { workspace: true }
  await collectGarbage(project, { scope, notInRemote: true, minAgeMs: 0 })
  expect(kept('pushed')).toEqual([false])
  await add('only here')
  await collectGarbage(project, { scope, notInRemote: true, minAgeMs: 0 })
  expect(kept('only here')).toEqual([true])
})

/** Adds a folder, takes its listing out of the cache and gives that file's path. */
async function withoutListing(): Promise<string> {
  mkdirSync(join(project.root, 'set'))
  writeFileSync(join(project.root, 'set/x.csv'), 'in the folder')
  await add('unused')
  await add('used')
  const { md5: oid } = await addDataset(project, 'set')
  await pushDatasets(project)
  const listing = join(base, 'cache/files/md5', oid.slice(0, 2), oid.slice(2))
  rmSync(listing)
  return listing
}

test('without the listing of a folder in use nothing is removed, unless that is asked for', async () => {
  await withoutListing()
  rmSync(join(base, 'remote'), { recursive: true })
  const scope = { workspace: true }
  for (const options of [{}, { dry: true }, { cloud: true }])
    await expect(collectGarbage(project, { scope, minAgeMs: 0, ...options })).rejects.toMatchObject(
      {
        code: 'DATASET_NOT_IN_CACHE',
        path: 'set',
        next: expect.stringContaining('--allow-missing'),
      },
    )
  expect(kept('in the folder', 'used', 'unused')).toEqual([true, true, true])
  await collectGarbage(project, { scope, minAgeMs: 0, allowMissing: true })
  expect(kept('in the folder', 'used', 'unused')).toEqual([false, true, false])
})

test('a listing that only the remote has is read there', async () => {
  await withoutListing()
  await collectGarbage(project, { scope: { workspace: true }, minAgeMs: 0 })
  expect(kept('in the folder', 'used', 'unused')).toEqual([true, true, false])
})

test('outside Git there are no commits to ask; a project without Git by choice has none', async () => {
  await add('unused')
  await add('used')
  rmSync(join(project.root, '.git'), { recursive: true })
  project.close()
  project = openDataProject(project.root)
  for (const scope of [{ allBranches: true }, { allTags: true }, { rev: 'main' }])
    await expect(collectGarbage(project, { scope, minAgeMs: 0 })).rejects.toMatchObject({
      code: 'DATASET_REVISION_UNKNOWN',
      detail: expect.stringContaining('no Git repository'),
    })
  expect(kept('unused', 'used')).toEqual([true, true])
  writeFileSync(
    join(project.root, '.dvc/config'),
    `[core]\n    no_scm = True\n[cache]\n    dir = ../../cache\n`,
  )
  project.close()
  project = openDataProject(project.root)
  await collectGarbage(project, { scope: { allBranches: true, allTags: true }, minAgeMs: 0 })
  expect(kept('unused', 'used')).toEqual([false, true])
  await expect(collectGarbage(project, { scope: { rev: 'main' } })).rejects.toMatchObject({
    detail: expect.stringContaining('core.no_scm'),
  })
})

test('what cannot be read ends the collection, or uses nothing where that is asked for', async () => {
  await commit('committed')
  await add('unused')
  rmSync(join(project.root, 'a.csv.dvc'))
  writeFileSync(join(project.root, 'bad.dvc'), 'outs: 3\n')
  const scope = { allCommits: true }
  await expect(collectGarbage(project, { scope, minAgeMs: 0 })).rejects.toMatchObject({
    code: 'DATASET_FILE_INVALID',
  })
  expect(kept('committed', 'unused')).toEqual([true, true])
  await collectGarbage(project, { scope, minAgeMs: 0, skipFailed: true })
  expect(kept('committed', 'unused')).toEqual([true, false])
})
