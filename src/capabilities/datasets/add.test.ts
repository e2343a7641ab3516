import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addDataset, addDatasets, commitDatasets, type DataProject, pushDatasets } from './index.ts'
import { CACHE, object, openTransferWorld, type TransferWorld } from './transfer.testing.ts'

let world: TransferWorld
let root: string
let project: DataProject
let write: TransferWorld['write']
beforeEach(() => {
  world = openTransferWorld()
  ;({ root, project, write } = world)
})
afterEach(() => world.close())

const noStages = { readStagePaths: async () => [] }
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('data whose .dvc file has a name of its own is recorded there, by add and by commit', async () => {
  write('a.csv', 'a')
  await addDataset(project, 'a.csv')
  renameSync(join(root, 'a.csv.dvc'), join(root, 'stage.dvc'))
  write('a.csv', 'b')
  await addDatasets(project, ['a.csv'], noStages)
  expect(read('stage.dvc')).toContain('92eb5ffee6ae2fec3ad71c777531578f')
  write('a.csv', 'c')
  await commitDatasets(project)
  expect(read('stage.dvc')).toContain('4a8a08f09d37b73795649038408b5f33')
  expect(readdirSync(root)).not.toContain('a.csv.dvc')
})

test('a part of what was added without its content can be committed alone', async () => {
  write('d/a.csv', 'a')
  write('d/b.csv', 'b')
  await addDataset(project, 'd', { noCommit: true })
  await commitDatasets(project, ['d/a.csv'])
  expect(existsSync(join(root, CACHE, object('a')))).toBe(true)
  expect(existsSync(join(root, CACHE, object('b')))).toBe(false)
})

test('a file is added to a folder of which nothing is here but its record', async () => {
  write('d/a.csv', 'a')
  await addDataset(project, 'd')
  await pushDatasets(project)
  for (const path of ['.dvc/cache', 'd']) rmSync(join(root, path), { recursive: true })
  write('d/b.csv', 'b')
  expect(await addDataset(project, 'd/b.csv')).toMatchObject({ path: 'd', nfiles: 2 })
  expect(existsSync(join(root, CACHE, object('a')))).toBe(false)
})

test('nothing is added when one of the paths is an output of a stage', async () => {
  write('a.csv', 'a')
  write('b.csv', 'b')
  write('dvc.yaml', 'stages: {}')
  const readStagePaths = async () => [{ path: 'b.csv', declaredBy: 'dvc.yaml:make' }]
  await expect(addDatasets(project, ['a.csv', 'b.csv'], { readStagePaths })).rejects.toMatchObject({
    code: 'DATASET_OVERLAPS',
  })
  expect(readdirSync(root)).not.toContain('a.csv.dvc')
})

// dvc 3.67.1 makes the same of this file.
test('a .dvc file written by hand says which kind of hash it got, and keeps what else it says', async () => {
  write('a.csv', 'a')
  write('a.csv.dvc', 'outs:\n- path: a.csv # raw\n  desc: mine\n')
  await addDataset(project, 'a.csv')
  expect(read('a.csv.dvc')).toBe(
    'outs:\n- path: a.csv # raw\n  desc: mine\n  md5: 0cc175b9c0f1b6a831c399e269772661\n  size: 1\n  hash: md5\n',
  )
})

test('a link to a file becomes the file, so that what is written to it stays here', async () => {
  write('elsewhere/a.csv', 'a')
  symlinkSync('elsewhere/a.csv', join(root, 'soft.csv'))
  linkSync(join(root, 'elsewhere/a.csv'), join(root, 'hard.csv'))
  for (const path of ['soft.csv', 'hard.csv']) {
    await addDataset(project, path)
    writeFileSync(join(root, path), 'b')
    expect(lstatSync(join(root, path)).isFile()).toBe(true)
  }
  expect(read('elsewhere/a.csv')).toBe('a')
})

test.each(['linked', 'linked/a.csv'])('%s behind a link to a folder is refused', async (path) => {
  write('elsewhere/a.csv', 'a')
  symlinkSync('elsewhere', join(root, 'linked'))
  await expect(addDataset(project, path)).rejects.toMatchObject({ code: 'DATASET_OUTSIDE' })
})

test('a name to which .dvc cannot be added is refused before anything is read', async () => {
  const name = 'a'.repeat(253)
  write(name, 'a')
  await expect(addDataset(project, name)).rejects.toMatchObject({ code: 'DATASET_NAME_TOO_LONG' })
})

test('nothing is added where Git would not see its record, nor with a .dvcignore in it', async () => {
  write('hidden/.gitignore', '*\n')
  write('hidden/a.csv', 'a')
  await expect(addDataset(project, 'hidden/a.csv')).rejects.toMatchObject({
    code: 'DATASET_IGNORED',
    path: 'hidden/a.csv.dvc',
  })
  for (const inner of ['top/.dvcignore', 'deep/below/.dvcignore']) {
    const folder = inner.slice(0, inner.indexOf('/'))
    write(inner, '*.tmp\n')
    write(`${folder}/a.csv`, 'a')
    await expect(addDataset(project, folder)).rejects.toMatchObject({
      code: 'DATASET_IGNORED',
      path: inner,
    })
  }
  expect(readdirSync(root).filter((name) => name.endsWith('.dvc'))).toEqual(['.dvc'])
})
