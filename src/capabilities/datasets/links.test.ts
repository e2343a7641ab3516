import { appendFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  datasetStatus,
  openDataProject,
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
