import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { type DataProject, initDataProject, openDataProject } from '../index.ts'
import { getAddress, listAddress } from './outside.ts'
import { etagListing } from './store-source.ts'

let base: string
let project: DataProject

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ratchet-outside-'))
  const root = join(base, 'project')
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  appendFileSync(join(root, '.dvc/config'), `['remote "near"']\n    url = ../../store\n`)
  for (const name of ['dir/file', 'dir/subdir/subfile', 'dir2/x']) {
    const path = join(base, 'store', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name)
  }
  project = openDataProject(root)
})
afterEach(() => {
  project.close()
  rmSync(base, { recursive: true, force: true })
})

// dvc-s3's own test of `import-url remote://workspace/dir` (3.3.0) has this hash of the folder.
test('a folder of a store has the hash that DVC gives it, by ETags', () => {
  const entries = [
    { relpath: 'subdir/subfile', etag: md5('subfile') },
    { relpath: 'file', etag: md5('file') },
  ]
  expect(md5(etagListing(entries))).toBe('ec602a6ba97b2dd07bd6d2cd89674a60')
})

test.each([['remote://near/dir'], ['../store/dir'], ['remote://near/dir/']])(
  '%s is listed and copied, and nothing beside it',
  async (url) => {
    const at = { url, cwd: project.root }
    expect(await listAddress(project, at)).toEqual([
      { path: 'file', isdir: false, size: 8 },
      { path: 'subdir', isdir: true, size: null },
    ])
    const names = (await listAddress(project, { ...at, recursive: true })).map(({ path }) => path)
    expect(names).toEqual(['file', 'subdir/subfile'])
    const target = await getAddress(project, { ...at, out: 'here' })
    expect(readFileSync(join(target, 'subdir/subfile'), 'utf8')).toBe('dir/subdir/subfile')
    await expect(getAddress(project, { ...at, out: 'here/subdir' })).resolves.toBe(
      join(project.root, 'here/subdir/dir'),
    )
    await expect(getAddress(project, { ...at, out: 'here/file' })).rejects.toMatchObject({
      code: 'DATASET_OVERLAPS',
    })
  },
)

test('one file is listed and copied too; what is not there is said, and leaves nothing', async () => {
  const at = { url: 'remote://near/dir/file', cwd: project.root }
  expect(await listAddress(project, at)).toEqual([{ path: 'file', isdir: false, size: 8 }])
  expect(await getAddress(project, at)).toBe(join(project.root, 'file'))
  const away = { url: 'remote://near/nowhere', cwd: project.root, out: 'away' }
  await expect(getAddress(project, away)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' })
  expect(existsSync(join(project.root, 'away'))).toBe(false)
})
