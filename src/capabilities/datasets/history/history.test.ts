import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAnalytics } from '../../../storage/analytics/index.ts'
import {
  addDataset,
  cachePath,
  checkoutDatasets,
  contentHolds,
  type DataProject,
  dataHistory,
  diffDatasets,
  type HistoryDeps,
  initDataProject,
  listDatasets,
  nameVersion,
  openDataProject,
  tableOf,
} from '../index.ts'

let root: string
let project: DataProject
const analytics = openAnalytics()
const deps: HistoryDeps = { analytics, readStageOuts: () => [] }

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-history-'))
  git('init', '-q')
  initDataProject(root)
  project = openDataProject(root)
  await commit('first', {
    'raw.csv': 'id,price,region\n1,10,a\n2,20,b\n3,30,a\n',
    'data/a.csv': 'x\n1\n',
  })
  await nameVersion(project, { dataset: 'raw.csv', name: 'golden', rev: 'HEAD' })
  await commit('notes', { 'notes.txt': 'nothing about data\n' })
  await commit('second', { 'raw.csv': 'id,price,extra\n1,10,x\n2,25.5,y\n4,40,z\n5,50,z\n' })
  git('tag', 'release')
})
afterAll(async () => {
  await analytics.close()
  project.close()
  rmSync(root, { recursive: true, force: true })
})

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=a@b']
  execFileSync('git', ['-C', root, ...who, ...args], { stdio: 'pipe' })
}

async function commit(message: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  if ('raw.csv' in files) await addDataset(project, 'raw.csv')
  if ('data/a.csv' in files) await addDataset(project, 'data')
  git('add', '-A')
  git('commit', '-qm', message)
}

test('each content is one version, with the commit that brought it and its names', async () => {
  const versions = await dataHistory(project, { dataset: 'raw.csv' })
  expect(versions).toMatchObject([
    { message: 'second', author: 'Ann', names: ['release'] },
    { message: 'first', names: ['golden'] },
  ])
  expect((await dataHistory(project)).map(({ dataset }) => dataset).toSorted()).toEqual([
    'data',
    'raw.csv',
    'raw.csv',
  ])
})

test('an output of a stage is named from the folder in which its stage works', async () => {
  const lock = (name: string) =>
    `  ${name}:\n    cmd: x\n    outs:\n    - path: ${name}.csv\n      hash: md5\n      md5: ${'a'.repeat(32)}\n      size: 1\n`
  const names = ['plain', 'inner', 'each@1', 'asked']
  await commit('stages', {
    'flow/dvc.yaml':
      'stages:\n  plain:\n    cmd: x\n  inner:\n    wdir: ../other\n    cmd: x\n  each:\n    foreach: [1]\n    do:\n      wdir: deep\n      cmd: x\n  asked:\n    wdir: ${where}\n    cmd: x\n',
    'alone/dvc.lock': `schema: '2.0'\nstages:\n${lock('alone')}`,
    'flow/dvc.lock': `schema: '2.0'\nstages:\n${names.map(lock).join('')}`,
  })
  const history = await dataHistory(project)
  const found = history.filter(({ message }) => message === 'stages').map(({ dataset }) => dataset)
  expect(found.toSorted()).toEqual([
    'alone/alone.csv',
    'flow/deep/each@1.csv',
    'flow/plain.csv',
    'other/inner.csv',
  ])
  git('reset', '-q', '--hard', 'HEAD~1')
})

test('a name is given once, and only to what a commit records', async () => {
  const name = (dataset: string, given: string) =>
    nameVersion(project, { dataset, name: given, rev: 'HEAD' })
  await expect(name('raw.csv', 'golden')).rejects.toThrow(/there is a tag/)
  await expect(name('raw.csv', 'a b')).rejects.toThrow(/cannot be the name/)
  await expect(name('other.csv', 'v1')).rejects.toThrow(/no commit records/)
})

test('the overview tells rows and columns of what is here', async () => {
  const overview = await listDatasets(project, deps)
  expect(overview).toMatchObject([
    { dataset: 'raw.csv', versions: 2, rows: 4 },
    { dataset: 'data', versions: 1, rows: 1 },
  ])
  expect(await tableOf(project, 'raw.csv@golden', deps)).toMatchObject({
    rows: 3,
    columns: [{ name: 'id' }, { name: 'price', type: 'BIGINT' }, { name: 'region' }],
  })
})

test('why the rows of a table are unknown is said', async () => {
  const fault = async (asked: string) => (await tableOf(project, asked, deps)).fault
  expect(await fault('raw.csv')).toBeNull()
  writeFileSync(join(root, 'broken.parquet'), 'no parquet')
  expect(await fault('broken.parquet')).toMatch(/too small|magic|Parquet/i)
  const [, first] = await dataHistory(project, { dataset: 'raw.csv' })
  const object = cachePath(project, first?.md5 ?? '')
  renameSync(object, `${object}.away`)
  expect(await fault('raw.csv@golden')).toBe(
    `The data is not in the cache: raw.csv (${first?.md5 ?? ''})`,
  )
  renameSync(`${object}.away`, object)
  expect(await fault('raw.csv@nothing')).toMatch(/Git knows no such revision/)
})

test('a row of too few values is named by its line, in the workspace and in the cache', async () => {
  const rows = Array.from({ length: 3000 }, (_, index) => `${index},a,1.5`)
  await commit('ragged', { 'raw.csv': ['id,kind,price', ...rows, '7,b', '8,c,1'].join('\n') })
  const [latest] = await dataHistory(project, { dataset: 'raw.csv' })
  for (const asked of ['raw.csv', `raw.csv@${latest?.md5 ?? ''}`])
    expect((await tableOf(project, asked, deps)).fault).toMatch(
      /^The file is not a well-formed table: (.*\/)?raw\.csv:3002: .*Expected Number of Columns: 3 Found: 2/,
    )
  const { fault } = await diffDatasets(project, { from: 'raw.csv@golden', to: 'raw.csv' }, deps)
  expect(fault).toMatch(/raw\.csv:3002/)
  git('reset', '-q', '--hard', 'HEAD~1')
  await checkoutDatasets(project, ['raw.csv'], { force: true })
})

test('a hash may be as short as the list of versions shows it', async () => {
  const [second, first] = await dataHistory(project, { dataset: 'raw.csv' })
  const short = first?.md5.slice(0, 8) ?? ''
  const { from, same } = await diffDatasets(
    project,
    { from: `raw.csv@${short}`, to: `raw.csv@${first?.md5 ?? ''}` },
    deps,
  )
  expect({ md5: from.md5, same }).toEqual({ md5: first?.md5, same: true })
  expect(second?.md5.startsWith(short)).toBe(false)
  expect((await tableOf(project, 'data@' + short, deps)).fault).toMatch(/no hash of a version/)
})

test('two versions are compared by rows, columns, types and spread', async () => {
  const { same, table } = await diffDatasets(
    project,
    { from: 'raw.csv@golden', to: 'raw.csv' },
    deps,
  )
  expect(same).toBe(false)
  expect(table).toMatchObject({
    rows: { from: 3, to: 4 },
    // Row 1 is the same in all columns that both have, though prices became fractions.
    onlyIn: { from: 2, to: 3 },
    addedColumns: ['extra'],
    removedColumns: ['region'],
    types: [{ column: 'price', from: 'BIGINT', to: 'DOUBLE' }],
    columns: [
      { column: 'id', from: { mean: 2, max: '3.0' }, to: { mean: 3, max: '5.0' } },
      { column: 'price', from: { mean: 20, distinct: 3 }, to: { mean: 31.375, distinct: 4 } },
    ],
  })
  const self = await diffDatasets(project, { from: 'raw.csv', to: 'raw.csv@HEAD' }, deps)
  expect(self).toMatchObject({ same: true, table: null })
})

test('a folder holds the files that were in it', async () => {
  const [folder] = await dataHistory(project, { dataset: 'data' })
  // printf 'x\n1\n' | md5sum
  const file = 'dc3ba59be5d893be2c69ea202014fe78'
  expect(contentHolds(project, folder?.md5 ?? '', new Set([file]))).toBe(true)
  expect(contentHolds(project, folder?.md5 ?? '', new Set(['0'.repeat(32)]))).toBe(false)
})
