import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  cachePath,
  type DataProject,
  dataStatus,
  diffData,
  initDataProject,
  notInRemote,
  openDataProject,
  pushDatasets,
  readDvcFile,
  type TrackedOut,
} from './index.ts'

let root: string
let project: DataProject
const readStageOuts = (): readonly [] => []

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-status-'))
  git('init', '-q')
  initDataProject(root)
  project = openDataProject(root)
  for (const name of ['a', 'b', 'sub/c']) write(`data/${name}`, `${name}\n`)
  write('one.csv', '1\n')
  for (const path of ['data', 'one.csv']) await addDataset(project, path)
  git('add', '-A')
  git('commit', '-qm', 'first')
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
  execFileSync('git', ['-C', root, ...who, ...args], { stdio: 'pipe' })
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

test('what was committed, recorded and left in the workspace is told apart', async () => {
  write('one.csv', '2\n')
  await addDataset(project, 'one.csv')
  write('data/a', 'changed\n')
  renameSync(join(root, 'data/b'), join(root, 'data/moved'))
  write('new.txt', 'x')
  const status = await dataStatus(project, { granular: true, untracked: true, readStageOuts })
  expect(status).toMatchObject({
    notInCache: [],
    committed: { modified: ['one.csv'] },
    uncommitted: {
      modified: ['data/', 'data/a'],
      renamed: [{ old: 'data/b', new: 'data/moved' }],
    },
    untracked: ['new.txt'],
    unchanged: ['data/sub/c'],
    gitDirty: true,
  })
})

test('a lost listing is said, and what it would tell is unknown', async () => {
  const { hash } = readDvcFile(project, 'data.dvc')
  rmSync(cachePath(project, hash?.md5 ?? ''))
  write('data/a', 'changed\n')
  const status = await dataStatus(project, { granular: true, readStageOuts })
  expect(status.notInCache).toEqual(['data/'])
  expect(status.uncommitted).toEqual({
    modified: ['data/'],
    unknown: ['data/a', 'data/b', 'data/sub/', 'data/sub/c'],
  })
})

test('targets narrow the answer before renames are looked for', async () => {
  renameSync(join(root, 'data/sub/c'), join(root, 'data/c'))
  const options = { targets: ['data/sub'], granular: true, readStageOuts }
  expect((await dataStatus(project, options)).uncommitted).toEqual({ deleted: ['data/sub/c'] })
})

test('diff compares commits without touching the workspace', async () => {
  write('data/a', 'second\n')
  await addDataset(project, 'data')
  git('commit', '-qam', 'second')
  const diff = await diffData(project, { from: 'HEAD~1', to: 'HEAD', readStageOuts })
  expect(diff.modified.map(({ path }) => path)).toEqual(['data/', 'data/a'])
  expect({ ...diff, modified: [] }).toEqual({
    added: [],
    deleted: [],
    modified: [],
    renamed: [],
    notInCache: [],
  })
  const found = await diffData(project, { from: 'HEAD~1', to: ':/second', readStageOuts })
  expect(found).toEqual(diff)
  await expect(diffData(project, { from: 'nowhere', readStageOuts })).rejects.toThrow(
    expect.objectContaining({ code: 'DATASET_REVISION_UNKNOWN' }),
  )
})

test('a comparison with what is nowhere, or where there is no Git, is refused', async () => {
  const targets = ['data/a', 'missing']
  await expect(diffData(project, { targets, readStageOuts })).rejects.toMatchObject({
    code: 'DATASET_NOT_FOUND',
    path: 'missing',
  })
  rmSync(join(root, '.git'), { recursive: true })
  project.close()
  project = openDataProject(root)
  await expect(diffData(project, { readStageOuts })).rejects.toMatchObject({
    code: 'DATASET_REVISION_UNKNOWN',
    detail: expect.stringContaining('no Git repository'),
  })
})

test('a key that DVC does not know is refused with its place', async () => {
  write('odd.dvc', 'outs:\n- path: odd\n  hash: md5\n  sizes: 3\n')
  expect(() => readDvcFile(project, 'odd.dvc')).toThrow(/"outs\[0\]\.sizes" is none of the keys/)
})

test('what the remote lacks is named, each file when asked; what is never pushed is not', async () => {
  const remote = join(root, '.remote')
  write('own.csv', 'own\n')
  await addDataset(project, 'own.csv')
  writeFileSync(
    join(root, 'own.csv.dvc'),
    `${readFileSync(join(root, 'own.csv.dvc'), 'utf8')}  push: false\n`,
  )
  await pushDatasets(project, ['one.csv'], { remote })
  const missing = async (granular: boolean, targets: readonly string[] = []) => {
    const findMissing = (outs: readonly TrackedOut[]) =>
      notInRemote(project, outs, { remote, granular, targets })
    const status = await dataStatus(project, { granular, targets, readStageOuts, findMissing })
    return [...status.notInRemote].toSorted()
  }
  expect(await missing(false)).toEqual(['data/'])
  expect(await missing(true)).toEqual(['data/', 'data/a', 'data/b', 'data/sub/c'])
  expect(await missing(true, ['data/sub'])).toEqual(['data/sub/c'])
  await pushDatasets(project, [], { remote })
  expect(await missing(true)).toEqual([])
})
