import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import { openS3Remote } from '../../src/capabilities/datasets/remotes/s3.ts'
import { DvcRepository } from './dvc-repository.ts'
import { tools } from './tools.ts'
import { type S3Gateway, startS3Gateway } from './remotes/s3-gateway.ts'
import { remoteSettingsOf } from './remotes/settings.ts'

let tool: string
let base: string
let s3: S3Gateway
const made: DvcRepository[] = []

beforeAll(async () => {
  tool = tools.dvc()
  base = mkdtempSync(join(tmpdir(), 'ratchet-store-imports-'))
  s3 = await startS3Gateway()
  s3.makeBucket('source')
}, 300_000)
afterAll(async () => {
  for (const repository of made) repository.close()
  await s3.stop()
  rmSync(base, { recursive: true, force: true })
})

async function upload(files: Readonly<Record<string, string>>): Promise<void> {
  const remote = await openS3Remote(remoteSettingsOf('s3://source', s3.keys))
  for (const [key, text] of Object.entries(files)) {
    const path = join(base, 'upload')
    writeFileSync(path, text)
    await remote.upload(key, { path, size: text.length, md5: md5(text) })
  }
  await remote.close()
}

function begin(): DvcRepository {
  const repository = new DvcRepository(tool)
  made.push(repository)
  repository.dvc('init', '-q')
  repository.dvc('remote', 'add', '-q', 'source', 's3://source')
  for (const [key, value] of Object.entries(s3.keys))
    repository.dvc('remote', 'modify', '-q', '--local', 'source', key, value)
  return repository
}

test('a folder of S3 is imported, and followed when it changes, as by dvc', async () => {
  await upload({ 'raw/a.csv': 'a\n', 'raw/sub/b é.csv': 'b\n', 'rawer/c.csv': 'c\n' })
  const [theirs, ours] = [begin(), begin()]
  theirs.dvc('import-url', '-q', 'remote://source/raw')
  ours.ratchet('import-url', 'remote://source/raw')
  expect(ours.read('raw.dvc')).toBe(theirs.read('raw.dvc'))
  expect(ours.read('raw/sub/b é.csv')).toBe('b\n')
  expect(ours.dvc('status')).toContain('up to date')
  theirs.dvc('import-url', '-q', '--no-download', 'remote://source/raw', 'later')
  ours.ratchet('import-url', '--no-download', 'remote://source/raw', 'later')
  expect(ours.read('later.dvc')).toBe(theirs.read('later.dvc'))
  theirs.dvc('import-url', '-q', '--no-exec', 'remote://source/raw', 'much-later')
  ours.ratchet('import-url', '--no-exec', 'remote://source/raw', 'much-later')
  expect(ours.read('much-later.dvc')).toBe(theirs.read('much-later.dvc'))
  await upload({ 'raw/a.csv': 'changed\n', 'raw/new.csv': 'new\n' })
  theirs.dvc('update', '-q', 'raw.dvc', 'later.dvc')
  ours.ratchet('update', 'raw.dvc', 'later.dvc')
  for (const file of ['raw.dvc', 'later.dvc'])
    expect([file, ours.read(file)]).toEqual([file, theirs.read(file)])
  expect(ours.read('raw/a.csv')).toBe('changed\n')
  const lines = (text: string): readonly string[] => text.trim().split('\n').toSorted()
  for (const flags of [[], ['-R']])
    expect(lines(ours.ratchet('list-url', 'remote://source/raw', ...flags))).toEqual(
      lines(theirs.dvc('list-url', 'remote://source/raw', ...flags)),
    )
  ours.ratchet('get-url', 'remote://source/raw', 'copy')
  expect(ours.read('copy/new.csv')).toBe('new\n')
}, 120_000)
