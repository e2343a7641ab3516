import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  cachePath,
  checkoutDatasets,
  type DataProject,
  initDataProject,
  openDataProject,
} from './index.ts'
import { findCollision, nameFolding } from './name-limits.ts'
import { storeListing } from './hash-path.ts'
import { packListing } from './listing.ts'

let root: string
let project: DataProject

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-names-'))
  initDataProject(root)
  project = openDataProject(root)
})
afterEach(() => {
  project.close()
  rmSync(root, { recursive: true, force: true })
})

const both = { ignoresCase: true, ignoresForm: true }

test('names that one file system takes for one are found, folders on the way too', () => {
  expect(findCollision(['a', 'b/A', 'b/c'], both)).toBeNull()
  expect(findCollision(['README', 'readme'], both)).toEqual(['README', 'readme'])
  expect(findCollision(['Data/a', 'data/b'], both)).toEqual(['Data', 'data'])
  const [composed, apart] = ['caf\u00e9', 'cafe\u0301']
  expect(findCollision([apart, composed], both)).toEqual([apart, composed])
  const caseOnly = { ignoresCase: true, ignoresForm: false }
  expect(findCollision([apart, composed], caseOnly)).toBeNull()
  expect(findCollision(['A', 'a'], { ignoresCase: false, ignoresForm: false })).toBeNull()
})

test('how names are treated is asked of the file system', () => {
  writeFileSync(join(root, 'case'), '')
  writeFileSync(join(root, 'CASE'), '')
  const kept = readdirSync(root).filter((name) => name.toLowerCase() === 'case').length === 2
  expect(nameFolding(root).ignoresCase).toBe(!kept)
})

const tooLong = expect.objectContaining({ code: 'DATASET_NAME_TOO_LONG' }) as Error

test('a path of 4096 characters is refused with its length', async () => {
  const long = `${'d/'.repeat(2047)}ab`
  await expect(addDataset(project, long)).rejects.toThrow(tooLong)
  await expect(addDataset(project, 'n'.repeat(256))).rejects.toThrow(/a name of 256 bytes/)
})

test('a listing with a name that is too long is refused before the first file is made', async () => {
  writeFileSync(join(root, 'x'), 'x')
  const { md5 } = await addDataset(project, 'x')
  expect(cachePath(project, md5)).toContain(md5.slice(2))
  const listing = packListing([
    { relpath: 'first', md5 },
    { relpath: `${'deep/'.repeat(820)}last`, md5 },
  ])
  const oid = storeListing(project, listing)
  writeFileSync(join(root, 'data.dvc'), `outs:\n- md5: ${oid}\n  hash: md5\n  path: data\n`)
  await expect(checkoutDatasets(project, ['data'])).rejects.toThrow(tooLong)
  expect(readdirSync(root)).not.toContain('data')
})

test('a folder that is deeper than a path can say is named', async () => {
  // Made step by step, as a program that changes its folder makes it.
  const start = process.cwd()
  try {
    mkdirSync(join(root, 'deep'))
    process.chdir(join(root, 'deep'))
    for (let depth = 0; depth < 21; depth++) {
      mkdirSync('n'.repeat(200))
      process.chdir('n'.repeat(200))
    }
  } finally {
    process.chdir(start)
  }
  await expect(addDataset(project, 'deep')).rejects.toThrow(tooLong)
})
