import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { setFaultHook } from '../fault-points.ts'
import { type DataProject, initDataProject, openDataProject } from '../index.ts'
import { migrateCache } from './migrate-cache.ts'
import { migrateDvcFiles } from './migrate-files.ts'

let root: string
let project: DataProject

const CRLF = 'a\r\nb\r\n'
// How DVC 2 names it: by the text with Unix line ends.
const OLD = md5('a\nb\n')
const LISTING = JSON.stringify([
  { md5: OLD, relpath: 'x' },
  { md5: md5('y\n'), relpath: 'y' },
])
  .replaceAll('":"', '": "')
  .replaceAll(',', ', ')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-migrate-'))
  execFileSync('git', ['init', '-q', root])
  initDataProject(root)
  project = openDataProject(root)
  legacyObject(OLD, CRLF)
  legacyObject(md5('y\n'), 'y\n')
  legacyObject(`${md5(LISTING)}.dir`, LISTING)
})
afterEach(() => {
  setFaultHook(null)
  project.close()
  rmSync(root, { recursive: true, force: true })
})

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}

const place = (oid: string): string => `${oid.slice(0, 2)}/${oid.slice(2)}`
const legacyObject = (oid: string, text: string, mode = 0o444): void =>
  write(`.dvc/cache/${place(oid)}`, text, mode)
const inode = (path: string): number => statSync(join(root, '.dvc/cache', path)).ino
const newer = (oid: string): string => `files/md5/${place(oid)}`

test('an object of DVC 2 gets its name of DVC 3 by a second link, once', async () => {
  const { objects, migrated, names } = await migrateCache(project)
  expect({ objects, migrated }).toEqual({ objects: 3, migrated: 3 })
  expect(names.get(OLD)).toBe(md5(CRLF))
  expect(inode(newer(md5(CRLF)))).toBe(inode(place(OLD)))
  expect(await migrateCache(project)).toMatchObject({ objects: 3, migrated: 0 })
})

test('one that is not read-only was never verified: it is copied, and its mode stays', async () => {
  legacyObject(md5('new\n'), 'new\n', 0o644)
  await migrateCache(project)
  expect(statSync(join(root, '.dvc/cache', place(md5('new\n')))).mode & 0o777).toBe(0o644)
  expect(statSync(join(root, '.dvc/cache', newer(md5('new\n')))).mode & 0o777).toBe(0o444)
  expect(inode(newer(md5('new\n')))).not.toBe(inode(place(md5('new\n'))))
})

test('stopped before any of its links, a second run finishes the work', async () => {
  for (let stop = 1; stop <= 3; stop++) {
    rmSync(join(root, '.dvc/cache/files'), { recursive: true, force: true })
    let reached = 0
    setFaultHook((point) => {
      if (point === 'migrate: before the link' && ++reached === stop) throw new Error('killed')
    })
    await expect(migrateCache(project)).rejects.toThrow('killed')
    setFaultHook(null)
    expect(await migrateCache(project)).toMatchObject({ migrated: 4 - stop })
  }
})

test('records become those of DVC 3, from the workspace or from the cache; remarks stay', async () => {
  write('x.csv', CRLF)
  write('x.csv.dvc', `# mine\nouts:\n- md5: ${OLD}\n  size: 6\n  path: x.csv\n`)
  write(
    'd.dvc',
    `outs:\n- md5: ${md5(LISTING)}.dir\n  size: 8\n  nfiles: 2\n  path: d # kept\n  desc: d\n`,
  )
  const { names } = await migrateCache(project)
  expect(await migrateDvcFiles(project, names)).toEqual({
    files: ['d.dvc', 'x.csv.dvc'],
    left: [],
  })
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  expect(read('x.csv.dvc')).toBe(
    `# mine\nouts:\n- md5: ${md5(CRLF)}\n  size: 6\n  path: x.csv\n  hash: md5\n`,
  )
  const listing = LISTING.replace(OLD, md5(CRLF))
  expect(read('d.dvc')).toBe(
    `outs:\n- md5: ${md5(listing)}.dir\n  size: 8\n  nfiles: 2\n  path: d # kept\n  desc: d\n  hash: md5\n`,
  )
  expect(await migrateDvcFiles(project, names)).toEqual({ files: [], left: [] })
})

test('a change that was not recorded is not recorded by it, and what is nowhere stays as it is', async () => {
  write('x.csv', 'changed\n')
  write('x.csv.dvc', `outs:\n- md5: ${OLD}\n  size: 6\n  path: x.csv\n`)
  write('gone.dvc', `outs:\n- md5: ${md5('gone')}\n  size: 4\n  path: gone\n`)
  const { names } = await migrateCache(project)
  expect(await migrateDvcFiles(project, names)).toEqual({
    files: [],
    left: [
      { file: 'gone.dvc', path: 'gone', reason: 'missing' },
      { file: 'x.csv.dvc', path: 'x.csv', reason: 'changed' },
    ],
  })
})
