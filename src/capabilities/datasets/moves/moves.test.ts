import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  initDataProject,
  moveDataset,
  openDataProject,
  removeDataset,
  unprotectPath,
} from '../index.ts'

let root: string
let project: DataProject

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-moves-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  writeFileSync(join(root, '.dvc/config'), '[cache]\n    type = symlink\n')
  project = openDataProject(root)
  mkdirSync(join(root, 'sub'))
  writeFileSync(join(root, 'a.csv'), 'a\n')
  await addDataset(project, 'a.csv')
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('the .dvc file and .gitignore follow the data, and its description too', async () => {
  writeFileSync(join(root, 'a.csv.dvc'), `${read('a.csv.dvc')}desc: mine\n`)
  const moved = await moveDataset(project, 'a.csv', 'sub')
  expect(moved).toMatchObject({ from: 'a.csv', to: 'sub/a.csv', file: 'sub/a.csv.dvc' })
  expect(read('sub/a.csv.dvc')).toBe(
    'desc: mine\nouts:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: a.csv\n',
  )
  expect(read('sub/.gitignore')).toBe('/a.csv\n')
  expect(existsSync(join(root, 'a.csv.dvc'))).toBe(false)
})

test('a folder that is not there yet is made', async () => {
  expect(await moveDataset(project, 'a.csv', 'new/deep/b.csv')).toMatchObject({
    to: 'new/deep/b.csv',
    written: ['new/deep/b.csv.dvc', 'a.csv.dvc', '.gitignore', 'new/deep/.gitignore'],
  })
  expect(read('new/deep/.gitignore')).toBe('/b.csv\n')
})

test('what is at the goal already is never overwritten', async () => {
  writeFileSync(join(root, 'sub/a.csv'), 'precious\n')
  await expect(moveDataset(project, 'a.csv', 'sub')).rejects.toThrow(
    expect.objectContaining({ code: 'DATASET_OVERLAPS' }),
  )
  expect(read('sub/a.csv')).toBe('precious\n')
})

test('nothing is moved into a folder that is tracked as a whole', async () => {
  mkdirSync(join(root, 'whole'))
  writeFileSync(join(root, 'whole/b'), 'b')
  await addDataset(project, 'whole')
  await expect(moveDataset(project, 'a.csv', 'whole')).rejects.toMatchObject({
    code: 'DATASET_OVERLAPS',
  })
  expect(existsSync(join(root, 'a.csv.dvc'))).toBe(true)
  expect(existsSync(join(root, 'whole/a.csv'))).toBe(false)
})

test('data that is not tracked any more is a plain file', async () => {
  rmSync(join(root, 'a.csv'))
  await checkoutDatasets(project)
  expect(lstatSync(join(root, 'a.csv')).isSymbolicLink()).toBe(true)
  expect(removeDataset(project, 'a.csv.dvc').outs).toEqual(['a.csv'])
  expect(lstatSync(join(root, 'a.csv')).isFile()).toBe(true)
  expect(existsSync(join(root, '.gitignore'))).toBe(false)
  writeFileSync(join(root, 'a.csv'), 'edited\n')
})

test('unprotect changes links and read-only files, and nothing else', async () => {
  rmSync(join(root, 'a.csv'))
  await checkoutDatasets(project)
  expect(unprotectPath(project, 'a.csv')).toEqual(['a.csv'])
  expect(unprotectPath(project, 'a.csv')).toEqual([])
  expect(() => removeDataset(project, 'a.csv')).toThrow(/data, not a \.dvc file/)
})

test('nothing moves to where Git would not see its record', async () => {
  writeFileSync(join(root, 'sub/.gitignore'), '*\n')
  await expect(moveDataset(project, 'a.csv', 'sub')).rejects.toMatchObject({
    code: 'DATASET_IGNORED',
    path: 'sub/a.csv.dvc',
  })
  expect(['a.csv', 'a.csv.dvc', 'sub/a.csv'].map((path) => existsSync(join(root, path)))).toEqual([
    true,
    true,
    false,
  ])
  expect(read('.gitignore')).toBe('/a.csv\n')
})
