import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Artifacts, createArtifacts, proxiedPath, safeArtifactPath } from './index.ts'

let folder: string
let artifacts: Artifacts
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-artifacts-'))
  mkdirSync(join(folder, 'root'))
  writeFileSync(join(folder, 'secret'), 'secret')
  artifacts = createArtifacts(join(folder, 'root'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const text = async (path: string) =>
  Buffer.concat(await (await artifacts.read(path)).stream.toArray()).toString()

// The cases of MLflow's tests/utils/test_uri.py and of the advisories in docs: encoded once, twice and more.
const OUTSIDE = [
  '..',
  '../secret',
  'a/../../secret',
  'a/..',
  '/etc/passwd',
  '//etc/passwd',
  './../secret',
  '%2e%2e/secret',
  '%2E%2E%2Fsecret',
  '%252e%252e%252fsecret',
  '%25252e%25252e%25252fsecret',
  '%2Fetc/passwd',
  'C:\\secret',
  'C:/secret',
  'c%3A/secret',
  '..\\secret',
  '\\\\host\\share',
  'a\\b',
  'file:///etc/passwd',
  'FILE:etc',
  'a#b',
  'a%23b',
  'a\0b',
  '%2%0952e%2%0952e/x',
  `%${'25'.repeat(12)}2e%2e/x`,
]

describe('paths from outside', () => {
  it.each(OUTSIDE)('refuses %j everywhere', async (path) => {
    expect(() => safeArtifactPath(path)).toThrow('Invalid path')
    await expect(artifacts.read(path)).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
    await expect(artifacts.list(path)).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
    await expect(artifacts.remove(path)).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
    await expect(artifacts.write(path, Buffer.from('x'))).rejects.toMatchObject({
      code: 'ARTIFACT_PATH_INVALID',
    })
  })

  it.each([
    ['a/b.txt', 'a/b.txt'],
    ['a//./b', 'a/b'],
    ['a b/ü.txt', 'a b/ü.txt'],
    ['a%20b', 'a b'],
    ['100%', '100%'],
    ['..a/b..', '..a/b..'],
    ['', ''],
  ])('reads %j as %j', (path, safe) => {
    expect(safeArtifactPath(path)).toBe(safe)
  })

  it.each([
    ['mlflow-artifacts:/0/r/artifacts', '0/r/artifacts'],
    ['mlflow-artifacts:///0/r', '0/r'],
    ['mlflow-artifacts://other:5000/0/r', null],
    ['s3://bucket/0', null],
    ['/etc/passwd', null],
    ['file:///etc', null],
  ])('finds %j below the root at %j', (uri, path) => {
    expect(proxiedPath(uri)).toBe(path)
  })

  it('does not follow a link out of the root', async () => {
    symlinkSync(folder, join(folder, 'root', 'up'))
    symlinkSync(join(folder, 'secret'), join(folder, 'root', 'link'))
    for (const path of ['up/secret', 'link', 'up/new/file', 'up'])
      await expect(artifacts.read(path)).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
    await expect(artifacts.write('up/new', Buffer.from('x'))).rejects.toMatchObject({
      code: 'ARTIFACT_PATH_INVALID',
    })
    expect(existsSync(join(folder, 'new'))).toBe(false)
    expect(await artifacts.list('')).toEqual([])
  })

  it('does not reach the blobs that lie beside', async () => {
    mkdirSync(join(folder, 'root', 'sha256'))
    writeFileSync(join(folder, 'root', 'sha256', 'x'), 'model')
    for (const path of ['sha256/x', './sha256/x', 'sha256'])
      await expect(artifacts.read(path)).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
    expect(await artifacts.list('')).toEqual([])
  })
})

describe('files', () => {
  it('come back as they were written', async () => {
    await artifacts.write('0/run/artifacts/model/a.txt', Buffer.from('one'))
    await artifacts.write('0/run/artifacts/model/a.txt', Buffer.from('two!'))
    await artifacts.write('0/run/artifacts/b.txt', Buffer.from(''))
    expect(await text('0/run/artifacts/model/a.txt')).toBe('two!')
    expect(await artifacts.list('0/run/artifacts')).toEqual([
      { name: 'b.txt', isFolder: false, size: 0 },
      { name: 'model', isFolder: true, size: null },
    ])
    expect(await artifacts.list('0/run/artifacts/b.txt')).toEqual([])
    expect(await artifacts.list('nowhere')).toEqual([])
  })

  it('are missing when they are not there, or are folders', async () => {
    await artifacts.write('a/b', Buffer.from('x'))
    for (const path of ['a', 'a/c', ''])
      await expect(artifacts.read(path)).rejects.toMatchObject({ code: 'ARTIFACT_UNKNOWN' })
    await expect(artifacts.remove('a/c')).rejects.toMatchObject({ code: 'ARTIFACT_UNKNOWN' })
  })

  it('are deleted alone or with their folder', async () => {
    await artifacts.write('a/b/c', Buffer.from('x'))
    await artifacts.write('a/d', Buffer.from('x'))
    await artifacts.remove('a/b')
    expect(await artifacts.list('a')).toEqual([{ name: 'd', isFolder: false, size: 1 }])
    await expect(artifacts.remove('')).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' })
  })
})
