import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { md5 } from '../../src/base/hash.ts'
import {
  cachePath,
  checkoutDatasets,
  type DataProject,
  fetchDatasets,
  initDataProject,
  notePlaced,
  openDataProject,
  removeUnnamed,
  selectOuts,
  storeBytes,
} from '../../src/capabilities/datasets/index.ts'

let root: string
let project: DataProject
let count = 0
const base = mkdtempSync(join(tmpdir(), 'ratchet-case-'))
const isMounted = mountDisk(join(base, 'disk'))

/** The kernel's own file systems ignore case only where they were built so; NTFS by FUSE does anywhere. */
function mountDisk(disk: string): boolean {
  const image = join(base, 'image')
  writeFileSync(image, '')
  truncateSync(image, 24 << 20)
  mkdirSync(disk)
  try {
    execFileSync('/usr/sbin/mkntfs', ['-q', '-F', '-f', image], { stdio: 'pipe' })
    execFileSync('/usr/bin/lowntfs-3g', ['-o', 'ignore_case', image, disk], { stdio: 'pipe' })
    return true
  } catch (cause) {
    if (process.env['CI'] === 'true')
      throw new Error('CI tests a file system that ignores case: it must be able to mount one.', {
        cause,
      })
    console.warn(
      `NOT TESTED: a file system that ignores case could not be mounted (be root, have FUSE, install ntfs-3g): ${String(cause)}`,
    )
    return false
  }
}

afterAll(() => {
  if (isMounted) execFileSync('/bin/umount', [join(base, 'disk')])
  rmSync(base, { recursive: true, force: true })
})

async function stored(text: string): Promise<string> {
  await storeBytes(project, md5(text), Buffer.from(text))
  return md5(text)
}

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([relpath, text]) => ({ md5: await stored(text), relpath })),
  )
  const sorted = entries.toSorted((a, b) => (a.relpath < b.relpath ? -1 : 1))
  const text = JSON.stringify(sorted).replaceAll('":"', '": "').replaceAll('","', '", "')
  const bytes = Buffer.from(text.replaceAll('},{', '}, {'))
  const oid = `${md5(bytes)}.dir`
  await storeBytes(project, oid, bytes)
  return oid
}

function track(file: string, path: string, oid: string): void {
  writeFileSync(join(root, file), `outs:\n- md5: ${oid}\n  hash: md5\n  path: ${path}\n`)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const collide = (first: string, second: string) =>
  expect.objectContaining({
    code: 'DATASET_NAMES_COLLIDE',
    exit: 5,
    detail: expect.stringMatching(new RegExp(`"${first}".*"${second}"`)) as string,
  }) as Error

describe.skipIf(!isMounted)('where names ignore case', () => {
  beforeEach(() => {
    root = join(base, `disk/project${count++}`)
    mkdirSync(root)
    execFileSync('git', ['init', '-q', root])
    initDataProject(root)
    project = openDataProject(root)
  })
  afterEach(() => project.close())

  test('two data sets whose names are one are refused by both names, and nothing is touched', async () => {
    track('one.dvc', 'Data.csv', await stored('one'))
    track('two.dvc', 'data.csv', await stored('two'))
    write('data.csv', 'mine, and saved nowhere')
    await expect(checkoutDatasets(project)).rejects.toThrow(collide('Data.csv', 'data.csv'))
    await expect(checkoutDatasets(project, [], { force: true })).rejects.toThrow('NAMES_COLLIDE')
    expect(read('data.csv')).toBe('mine, and saved nowhere')
  })

  test('so are folders on the way to them', async () => {
    track('one.dvc', 'Raw/a', await stored('one'))
    track('two.dvc', 'raw/b', await stored('two'))
    await expect(checkoutDatasets(project)).rejects.toThrow(collide('Raw', 'raw'))
    expect(existsSync(join(root, 'raw'))).toBe(false)
  })

  test('names within a folder too, also when a pull brings it', async () => {
    const oid = await folder({ 'x/README': 'one', 'x/readme': 'two', z: 'three' })
    const remote = join(base, 'remote')
    const object = join(remote, 'files/md5', oid.slice(0, 2), oid.slice(2))
    for (const text of ['one', 'two', 'three']) {
      const path = join(remote, 'files/md5', md5(text).slice(0, 2), md5(text).slice(2))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    mkdirSync(dirname(object), { recursive: true })
    writeFileSync(object, readFileSync(cachePath(project, oid)))
    rmSync(project.cacheDir, { recursive: true })
    track('d.dvc', 'd', oid)
    writeFileSync(
      join(root, '.dvc/config'),
      `[core]\n    remote = r\n['remote "r"']\n    url = ${remote}\n`,
    )
    project.close()
    project = openDataProject(root)
    await fetchDatasets(project)
    await expect(checkoutDatasets(project)).rejects.toThrow(collide('x/README', 'x/readme'))
    expect(existsSync(join(root, 'd'))).toBe(false)
  })

  test('a file that only changed its spelling stays, with its new content', async () => {
    track('d.dvc', 'd', await folder({ 'a.txt': 'old', b: 'b' }))
    await checkoutDatasets(project)
    track('d.dvc', 'd', await folder({ 'A.txt': 'new', b: 'b' }))
    for (const _ of ['first', 'again']) {
      await checkoutDatasets(project)
      expect(read('d/a.txt')).toBe('new')
    }
    expect(readdirSync(join(root, 'd'))).toHaveLength(2)
    track('d.dvc', 'd', await folder({ b: 'b' }))
    await checkoutDatasets(project)
    expect(readdirSync(join(root, 'd'))).toEqual(['b'])
  })

  test('a data set that only changed its spelling is not taken away as one that nothing names', async () => {
    track('one.dvc', 'Data.csv', await stored('one'))
    await checkoutDatasets(project)
    notePlaced(project, ['data.csv', 'Data.csv'])
    expect(await removeUnnamed(project, await selectOuts(project))).toEqual([])
    expect(read('Data.csv')).toBe('one')
  })

  test('what lies there under another spelling, and is saved nowhere, is not overwritten', async () => {
    track('d.dvc', 'd', await folder({ README: 'tracked' }))
    write('d/readme', 'mine')
    await expect(checkoutDatasets(project)).rejects.toThrow('DATASET_WOULD_BE_LOST')
    expect(read('d/readme')).toBe('mine')
  })

  test('the records are not reached by another spelling', async () => {
    track('d.dvc', 'd', await folder({ '.GIT/hooks/post-checkout': 'evil' }))
    await expect(checkoutDatasets(project)).rejects.toThrow('DATASET_OUTSIDE')
    track('d.dvc', '.Git/hooks/post-checkout', await stored('evil'))
    await expect(checkoutDatasets(project)).rejects.toThrow('DATASET_OUTSIDE')
    expect(existsSync(join(root, '.git/hooks/post-checkout'))).toBe(false)
  })
})
