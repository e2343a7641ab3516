import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import {
  addDataset,
  checkoutDatasets,
  type DataProject,
  datasetStatus,
  fetchDatasets,
  initDataProject,
  openDataProject,
  pushDatasets,
} from '../../src/capabilities/datasets/index.ts'
import { ObjectServer } from '../fixtures/object-server.ts'

let disk: string
let project: DataProject

// A disk of its own, so small that it fills: this needs the right to mount.
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'ratchet-disk-'))
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=8m', 'ratchet-test', disk], {
    stdio: 'inherit',
  })
  execFileSync('git', ['init', '-q', disk])
  initDataProject(disk)
  project = openDataProject(disk)
})

afterEach(() => {
  project.close()
  execFileSync('/bin/umount', [disk])
  rmSync(disk, { recursive: true })
})

function objects(): readonly string[] {
  const store = join(disk, '.dvc/cache/files/md5')
  if (!existsSync(store)) return []
  return readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

test('a disk that fills while data is added is said, leaves only whole objects, and the next run finishes', async () => {
  mkdirSync(join(disk, 'data'))
  for (let index = 0; index < 5; index++)
    writeFileSync(join(disk, `data/${index}.bin`), Buffer.alloc(1 << 20, index))
  await expect(addDataset(project, 'data')).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  for (const path of objects()) expect(path.replaceAll('/', '')).toContain(md5(readFileSync(path)))
  expect(readdirSync(join(disk, 'data'))).toHaveLength(5)
  for (const index of [3, 4]) rmSync(join(disk, `data/${index}.bin`))
  await addDataset(project, 'data')
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
})

test('a disk that fills while a new folder is checked out leaves nothing of it', async () => {
  mkdirSync(join(disk, 'data'))
  for (let index = 0; index < 3; index++)
    writeFileSync(join(disk, `data/${index}.bin`), Buffer.alloc(1 << 20, index))
  await addDataset(project, 'data')
  rmSync(join(disk, 'data'), { recursive: true })
  writeFileSync(join(disk, 'filler'), Buffer.alloc(3 << 20))
  await expect(checkoutDatasets(project)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  expect(readdirSync(disk)).not.toContain('data')
  rmSync(join(disk, 'filler'))
  await checkoutDatasets(project)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

test('a disk that fills while files come back to a folder leaves each whole or absent', async () => {
  mkdirSync(join(disk, 'data'))
  for (let index = 0; index < 3; index++)
    writeFileSync(join(disk, `data/${index}.bin`), Buffer.alloc(1 << 20, index))
  await addDataset(project, 'data')
  for (const index of [0, 1, 2]) rmSync(join(disk, `data/${index}.bin`))
  writeFileSync(join(disk, 'filler'), Buffer.alloc(3 << 20))
  await expect(checkoutDatasets(project)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
  for (const name of readdirSync(join(disk, 'data')))
    expect(readFileSync(join(disk, 'data', name))).toHaveLength(1 << 20)
  rmSync(join(disk, 'filler'))
  await checkoutDatasets(project)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

describe.each(['a path', 'S3'])('a remote that is %s', (kind) => {
  let elsewhere: string
  let server: ObjectServer | null = null
  beforeEach(async () => {
    elsewhere = mkdtempSync(join(tmpdir(), 'ratchet-remote-'))
    server = kind === 'S3' ? new ObjectServer() : null
    const url = server === null ? elsewhere : 's3://bucket/x'
    const keys =
      server === null
        ? ''
        : `    endpointurl = ${await server.start()}\n    access_key_id = a\n    secret_access_key = b\n`
    const config = `[core]\n    remote = far\n['remote "far"']\n    url = ${url}\n${keys}`
    writeFileSync(join(disk, '.dvc/config'), config)
    project.close()
    project = openDataProject(disk)
    await pushThree()
  })
  afterEach(() => {
    server?.stop()
    rmSync(elsewhere, { recursive: true })
  })

  /** Three files of a MiB in a folder, on the remote only. */
  async function pushThree(): Promise<void> {
    mkdirSync(join(disk, 'data'))
    for (let index = 0; index < 3; index++)
      writeFileSync(join(disk, `data/${index}.bin`), Buffer.alloc(1 << 20, index))
    await addDataset(project, 'data')
    await pushDatasets(project)
    for (const gone of ['data', '.dvc/cache']) rmSync(join(disk, gone), { recursive: true })
  }

  test('fills the disk in a fetch: what came is whole, the next fetch brings the rest', async () => {
    writeFileSync(join(disk, 'filler'), Buffer.alloc(6 << 20))
    await expect(fetchDatasets(project)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    for (const path of objects())
      expect(path.replaceAll('/', '')).toContain(md5(readFileSync(path)))
    expect(objects().length).toBeLessThan(4)
    rmSync(join(disk, 'filler'))
    await fetchDatasets(project)
    expect(objects()).toHaveLength(4)
    expect(readdirSync(join(disk, '.dvc/cache/.ratchet-tmp'))).toEqual([])
  })

  test('fills the disk in a pull, after the fetch: the workspace is as it was', async () => {
    writeFileSync(join(disk, 'filler'), Buffer.alloc(3 << 20))
    await fetchDatasets(project)
    await expect(checkoutDatasets(project)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(readdirSync(disk)).not.toContain('data')
    rmSync(join(disk, 'filler'))
    await checkoutDatasets(project)
    expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
  })
})

test('a cache that may not be written is said, and nothing is recorded', async () => {
  writeFileSync(join(disk, 'a.csv'), 'a')
  execFileSync('/bin/mount', ['-o', 'remount,ro', disk])
  try {
    await expect(addDataset(project, 'a.csv')).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' })
  } finally {
    execFileSync('/bin/mount', ['-o', 'remount,rw', disk])
  }
  expect(readdirSync(disk)).not.toContain('a.csv.dvc')
})
