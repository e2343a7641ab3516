import {
  appendFileSync,
  chmodSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  datasetStatus,
  openDataProject,
  removeDataset,
} from './index.ts'
import { CACHE, object, openTransferWorld, type TransferWorld } from './transfer.testing.ts'

let world: TransferWorld
let root: string
let project: DataProject
let write: TransferWorld['write']
let addTwo: TransferWorld['addTwo']
beforeEach(() => {
  world = openTransferWorld()
  ;({ root, project, write, addTwo } = world)
})
afterEach(() => world.close())

test('links in a folder: to a file are followed, in a circle are refused, and a folder behind one is left out', async () => {
  write('d/a.csv', 'a')
  write('elsewhere/x.csv', 'x')
  symlinkSync('a.csv', join(root, 'd/link.csv'))
  symlinkSync('../elsewhere', join(root, 'd/folder'))
  expect(await addDataset(project, 'd')).toMatchObject({ nfiles: 2 })
  symlinkSync('round', join(root, 'd/round'))
  await expect(addDataset(project, 'd')).rejects.toMatchObject({
    code: 'DATASET_UNSUPPORTED_FILE',
  })
})

test('nothing is tracked by way of a link to a folder, where its record would lie among what it leads to', async () => {
  write('elsewhere/x.csv', 'x')
  symlinkSync('elsewhere', join(root, 'folder'))
  for (const path of ['folder', 'folder/x.csv'])
    await expect(addDataset(project, path)).rejects.toMatchObject({
      code: 'DATASET_OUTSIDE',
      detail: 'folder is a link to a folder',
    })
})

test.each(['hardlink', 'symlink'])(
  'checkout by %s shares the object, and relink makes copies again',
  async (type) => {
    await addTwo()
    appendFileSync(join(root, '.dvc/config'), `[cache]\n    type = ${type}\n`)
    rmSync(join(root, 'd'), { recursive: true })
    const linked = openDataProject(root)
    await checkoutDatasets(linked)
    expect(statSync(join(root, 'd/a.csv')).ino).toBe(statSync(join(root, CACHE, object('a'))).ino)
    expect(await datasetStatus(linked)).toMatchObject([{ state: 'unchanged' }])
    await checkoutDatasets(linked, [], { relink: true })
    linked.close()
    await checkoutDatasets(project, [], { relink: true })
    expect(statSync(join(root, 'd/a.csv')).ino).not.toBe(
      statSync(join(root, CACHE, object('a'))).ino,
    )
  },
)

test('add gives the workspace links where they are configured', async () => {
  appendFileSync(join(root, '.dvc/config'), '[cache]\n    type = hardlink\n')
  const linked = openDataProject(root)
  write('d/a.csv', 'a')
  await addDataset(linked, 'd')
  linked.close()
  expect(statSync(join(root, 'd/a.csv')).ino).toBe(statSync(join(root, CACHE, object('a'))).ino)
})

test('links into a cache that was moved hold nothing back: checkout makes them anew', async () => {
  appendFileSync(join(root, '.dvc/config'), '[cache]\n    type = symlink\n')
  const linked = openDataProject(root)
  write('d/a.csv', 'a')
  await addDataset(linked, 'd')
  linked.close()
  renameSync(join(root, '.dvc/cache'), join(world.base, 'moved'))
  appendFileSync(join(root, '.dvc/config'), '    dir = ../../moved\n')
  const moved = openDataProject(root)
  expect(await datasetStatus(moved)).toMatchObject([{ state: 'modified' }])
  expect(await checkoutDatasets(moved)).toMatchObject([{ placed: ['d/a.csv'], replaced: [] }])
  expect(readFileSync(join(root, 'd/a.csv'), 'utf8')).toBe('a')
  await expect(addDataset(moved, 'd')).resolves.toMatchObject({ changed: false })
  moved.close()
})

test('data that is only a link to what is gone stays tracked, unless it may go, too', async () => {
  appendFileSync(join(root, '.dvc/config'), '[cache]\n    type = symlink\n')
  const linked = openDataProject(root)
  write('a.csv', 'a')
  await addDataset(linked, 'a.csv')
  rmSync(join(root, '.dvc/cache'), { recursive: true })
  expect(() => removeDataset(linked, 'a.csv.dvc')).toThrowError(
    expect.objectContaining({ code: 'DATASET_NOT_IN_CACHE' }),
  )
  expect(lstatSync(join(root, 'a.csv.dvc')).isFile()).toBe(true)
  removeDataset(linked, 'a.csv.dvc', { outs: true })
  expect(lstatSync(join(root, 'a.csv'), { throwIfNoEntry: false })).toBeUndefined()
  linked.close()
})

test('checkout gives back to a file that it can be run', async () => {
  write('run.sh', 'a')
  chmodSync(join(root, 'run.sh'), 0o755)
  await addDataset(project, 'run.sh')
  chmodSync(join(root, 'run.sh'), 0o644)
  expect(await checkoutDatasets(project)).toMatchObject([{ replaced: ['run.sh'] }])
  expect(statSync(join(root, 'run.sh')).mode & 0o100).toBe(0o100)
})
