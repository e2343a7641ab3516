import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 as md5Of } from '../../../base/hash.ts'
import {
  checkoutDatasets,
  type DataProject,
  fetchDatasets,
  importAddress,
  importRepository,
  isCached,
} from '../index.ts'
import { TwoRepositories } from './two-repositories.testing.ts'

let both: TwoRepositories
let folder: string
let project: DataProject
const write = (path: string, text: string): void => both.write(path, text)
const read = (path: string): string => both.read(path)
const from = () => both.from()

beforeEach(async () => {
  both = await new TwoRepositories().begin()
  ;({ folder, project } = both)
})
afterEach(() => both.close())

const followed = () => ({ follow: both.from() })

function forget(path: string): void {
  rmSync(join(project.root, path), { recursive: true, force: true })
  rmSync(join(project.root, '.dvc/cache'), { recursive: true, force: true })
}

test('what was imported from a repository is fetched from there, where no remote is configured', async () => {
  for (const path of ['data', 'docs'])
    await importRepository(project, { ...from(), path, rev: 'v1' })
  forget('data')
  expect(await fetchDatasets(project, [], followed())).toMatchObject({ fetched: 3, missing: [] })
  await checkoutDatasets(project)
  expect([read('here/data/a'), read('here/docs/readme')]).toEqual(['v1\n', 'read\n'])
  expect(await fetchDatasets(project, [], followed())).toMatchObject({ fetched: 0 })
  forget('data')
  // Only a part of a folder, and nothing where its place is not to be asked.
  expect(await fetchDatasets(project, ['data/s'], followed())).toMatchObject({ missing: [] })
  expect(isCached(project, md5Of(Buffer.from('b\n')))).toBe(true)
  expect(isCached(project, md5Of(Buffer.from('v1\n')))).toBe(false)
})

test('another content than the one that is recorded is not kept, wherever it comes from', async () => {
  await importRepository(project, { ...from(), path: 'docs', rev: 'v1' })
  const record = read('here/docs.dvc')
  write('here/docs.dvc', record.replace(/md5: \w+\.dir/, `md5: ${'0'.repeat(32)}.dir`))
  forget('docs')
  const refused = fetchDatasets(project, [], followed())
  await expect(refused).rejects.toMatchObject({ code: 'DATASET_REMOTE_CORRUPT' })
  expect(isCached(project, md5Of(Buffer.from('read\n')))).toBe(false)
})

test('an import without its content brings it when it is fetched, and its record stays', async () => {
  write('src/raw', 'raw\n')
  const at = { ...from(), noDownload: true }
  await importAddress(project, { ...at, url: join(folder, 'src/raw') })
  await importRepository(project, { ...at, path: 'data', rev: 'v1', out: 'theirs' })
  await importRepository(project, { ...at, path: 'docs' })
  const records = ['raw', 'theirs', 'docs'].map((name) => read(`here/${name}.dvc`))
  const { contents } = await fetchDatasets(project, [], followed())
  expect(contents?.get('raw')?.md5).toBe(md5Of(Buffer.from('raw\n')))
  expect(contents?.get('theirs')).toMatchObject({ nfiles: 2, size: 5 })
  expect(contents?.get('docs')).toMatchObject({ nfiles: 1, size: 5 })
  for (const hash of contents?.values() ?? []) expect(isCached(project, hash.md5)).toBe(true)
  expect(['raw', 'theirs', 'docs'].map((name) => read(`here/${name}.dvc`))).toEqual(records)
  write('src/raw', 'other\n')
  await expect(fetchDatasets(project, ['raw'], followed())).rejects.toMatchObject({
    code: 'DATASET_CHANGED_WHILE_READ',
  })
})
