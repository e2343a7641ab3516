import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  type DataProject,
  initDataProject,
  notePlacedOuts,
  openDataProject,
  removeDataset,
  removeUnnamed,
  selectOuts,
} from './index.ts'

let root: string
let project: DataProject

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-unnamed-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  project = openDataProject(root)
  write('a.csv', 'a\n')
  write('d/x', 'x\n')
  write('d/s/y', 'y\n')
  await addDataset(project, 'a.csv')
  await addDataset(project, 'd')
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const there = (path: string): boolean => existsSync(join(root, path))
const unname = (...files: readonly string[]): void => {
  for (const file of files) rmSync(join(root, file))
}
const tidy = async (): Promise<readonly string[]> =>
  (await removeUnnamed(project, await selectOuts(project))).map(({ path }) => path)

test('what nothing names any more goes, when the cache has all of it', async () => {
  expect(await tidy()).toEqual([])
  unname('a.csv.dvc', 'd.dvc')
  expect(await tidy()).toEqual(['a.csv', 'd'])
  expect([there('a.csv'), there('d')]).toEqual([false, false])
})

test('what changed since stays, and so does all beside it', async () => {
  unname('a.csv.dvc', 'd.dvc')
  write('a.csv', 'edited\n')
  write('d/new', 'new\n')
  expect(await tidy()).toEqual([])
  expect([there('a.csv'), there('d/x'), there('d/new')]).toEqual([true, true, true])
})

test('names that are no data of the folder stay in it', async () => {
  write('.dvcignore', '*.log\n')
  write('d/run.log', 'log\n')
  mkdirSync(join(root, 'elsewhere'))
  write('elsewhere/z', 'z\n')
  symlinkSync(join(root, 'elsewhere'), join(root, 'd/link'))
  unname('d.dvc')
  expect(await tidy()).toEqual(['d'])
  expect(readdirSync(join(root, 'd')).toSorted()).toEqual(['link', 'run.log'])
  expect(there('elsewhere/z')).toBe(true)
})

test('what Git tracks now, what was removed from tracking, and what was never placed stay', async () => {
  unname('d.dvc', 'd/../.gitignore')
  execFileSync('git', ['-C', root, 'add', 'd/x'])
  removeDataset(project, 'a.csv.dvc')
  write('own.csv', 'own\n')
  expect(await tidy()).toEqual([])
  expect([there('a.csv'), there('d/x'), there('own.csv')]).toEqual([true, true, true])
})

test('a folder in which something else is named now stays', async () => {
  unname('d.dvc', '.gitignore')
  await addDataset(project, 'd/x')
  expect(await tidy()).toEqual([])
  expect(there('d/s/y')).toBe(true)
})

test('what a look at everything found is known, and forgotten once it is gone', async () => {
  notePlacedOuts(project, await selectOuts(project), { all: true })
  rmSync(join(root, 'a.csv'))
  unname('a.csv.dvc')
  notePlacedOuts(project, await selectOuts(project), { all: true })
  write('a.csv', 'a\n')
  expect(await tidy()).toEqual([])
  expect(there('a.csv')).toBe(true)
})
