import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 as md5Of } from '../../../base/hash.ts'
import { addDataset, importAddress, importRepository, isCached, updateImports } from '../index.ts'
import { TwoRepositories } from './two-repositories.testing.ts'

let both: TwoRepositories

beforeEach(async () => {
  both = await new TwoRepositories().begin()
})
afterEach(() => both.close())

test('an update without a download forgets what is old, as dvc records it', async () => {
  both.write('src/f', '1\n')
  const at = both.from()
  await importAddress(both.project, { ...at, url: '../src/f', out: 'f1' })
  const update = { ...at, targets: ['f1.dvc'], noDownload: true }
  const before = both.read('here/f1.dvc')
  expect(await updateImports(both.project, update)).toMatchObject([{ changed: false }])
  expect([both.read('here/f1.dvc'), both.read('here/f1')]).toEqual([before, '1\n'])
  both.write('src/f', '22\n')
  both.write('here/f1', 'edited here\n')
  await updateImports(both.project, update)
  // The bytes of dvc 3.67.1.
  const record = (md5: string): string =>
    `md5: ${md5}\nfrozen: true\ndeps:\n- md5: 2fc57d6f63a9ee7e2f21a26fa522e3b6\n  size: 3\n  hash: md5\n  path: ../src/f\nouts:\n- hash: md5\n  path: f1\n`
  expect(both.read('here/f1.dvc')).toBe(record('66dfb287665e918532c28e4a90d5dbd2'))
  expect(existsSync(join(both.project.root, 'f1'))).toBe(false)
  expect(isCached(both.project, md5Of(Buffer.from('edited here\n')))).toBe(true)
  await updateImports(both.project, update)
  expect(both.read('here/f1.dvc')).toBe(record('3b2a9400f3cb9fe23a281feb86595f4b'))
})

test('an update without a download keeps what another repository still has', async () => {
  const at = both.from()
  await importRepository(both.project, { ...at, path: 'docs' })
  const update = { ...at, targets: ['docs.dvc'], noDownload: true }
  await updateImports(both.project, update)
  expect(both.read('here/docs.dvc')).toContain('nfiles: 1')
  expect(both.read('here/docs/readme')).toBe('read\n')
  both.write('other/docs/readme', 'again\n')
  both.commit('other', 'again')
  await updateImports(both.project, update)
  expect(both.read('here/docs.dvc')).not.toContain('nfiles')
  expect(existsSync(join(both.project.root, 'docs'))).toBe(false)
})

test('imports below a folder are updated, and other data there is passed by', async () => {
  const at = both.from()
  mkdirSync(join(both.project.root, 'sub'))
  await importRepository(both.project, { ...at, path: 'docs/readme', out: 'sub/readme' })
  await importRepository(both.project, { ...at, path: 'docs/readme' })
  both.write('here/sub/own', 'own\n')
  await addDataset(both.project, 'sub/own')
  both.write('other/docs/readme', 'again\n')
  both.commit('other', 'again')
  const update = { ...at, targets: ['sub'], recursive: true }
  expect(await updateImports(both.project, update)).toMatchObject([{ path: 'sub/readme' }])
  expect([both.read('here/sub/readme'), both.read('here/readme')]).toEqual(['again\n', 'read\n'])
  await expect(
    updateImports(both.project, { ...update, targets: ['sub/own'] }),
  ).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' })
})
