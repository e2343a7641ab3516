import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addDataset,
  bringListingOf,
  type DataProject,
  importAddress,
  importRepository,
  isCached,
  listRepository,
  openDataProject,
  openForeign,
  updateImports,
} from '../index.ts'
import { TwoRepositories } from './two-repositories.testing.ts'

let both: TwoRepositories
let folder: string
let project: DataProject
const readStageOuts = (): readonly [] => []
const git = (name: string, ...args: readonly string[]): string => both.git(name, ...args)
const write = (path: string, text: string): void => both.write(path, text)
const read = (path: string): string => both.read(path)
const from = () => both.from()

beforeEach(async () => {
  both = await new TwoRepositories().begin()
  ;({ folder, project } = both)
})
afterEach(() => both.close())

test('a folder of another repository is pinned to its commit and follows it when asked', async () => {
  const request = { ...from(), path: 'data', rev: 'v1', out: 'theirs' }
  await importRepository(project, request)
  expect(read('here/theirs/a')).toBe('v1\n')
  const pinned = git('other', 'rev-parse', 'v1').trim()
  expect(read('here/theirs.dvc')).toContain(
    `  repo:\n    url: ../other\n    rev: v1\n    rev_lock: ${pinned}\n`,
  )
  const update = { targets: [], clones: request.clones, readStageOuts }
  expect(await updateImports(project, update)).toMatchObject([{ changed: false }])
  write('here/theirs.dvc', `${read('here/theirs.dvc')}# mine\n`)
  expect(await updateImports(project, { ...update, rev: 'v2' })).toMatchObject([{ changed: true }])
  expect(read('here/theirs/a')).toBe('v2\n')
  expect(read('here/theirs.dvc')).toMatch(/rev: v2[^]*# mine\n$/)
})

test('a clone is kept, and told what is new', async () => {
  const url = `file://${join(folder, 'other')}`
  await importRepository(project, { ...from(), url, path: 'docs/readme' })
  write('other/docs/readme', 'again\n')
  git('other', 'commit', '-qam', 'again')
  await updateImports(project, { targets: ['readme.dvc'], clones: from().clones, readStageOuts })
  expect(read('here/readme')).toBe('again\n')
})

test('what another repository has is listed without bringing it', async () => {
  const other = await openForeign(project, { ...from(), rev: 'v1' })
  const bringListing = bringListingOf(project, other)
  const lines = await listRepository(project, other, { path: '', dvcOnly: true, bringListing })
  expect(lines).toMatchObject([{ path: 'data', isout: true, isdir: true, size: 5 }])
  const all = { path: 'data', recursive: true, bringListing }
  const names = (await listRepository(project, other, all)).map(({ path }) => path)
  expect(names).toEqual(['a', 's/b'])
})

test('nothing that is here already is overwritten, and a failed import leaves nothing', async () => {
  write('here/data', 'precious\n')
  const refused = expect.objectContaining({ code: 'DATASET_OVERLAPS' }) as Error
  await expect(importRepository(project, { ...from(), path: 'data' })).rejects.toThrow(refused)
  expect(read('here/data')).toBe('precious\n')
  const outside = { ...from(), path: '../other/data' }
  await expect(importRepository(project, outside)).rejects.toThrow(/not a path of/)
  const away = { ...from(), url: join(folder, 'nowhere'), path: 'x' }
  await expect(importRepository(project, away)).rejects.toThrow(
    expect.objectContaining({ code: 'DATASET_REPOSITORY_AWAY' }),
  )
})

async function serve(answer: () => { readonly etag: string; readonly text: string }) {
  const server: Server = createServer((_, response) => {
    const { etag, text } = answer()
    response.setHeader('ETag', etag).setHeader('Content-Length', text.length).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/raw.csv` }
}

test('a path of a remote that is a folder here is told by its hash, and update sees what changed', async () => {
  write('store/file', 'one')
  write('store/dir/a', 'a')
  appendFileSync(join(project.root, '.dvc/config'), `['remote "near"']\n    url = ../../store\n`)
  const named = openDataProject(project.root)
  const at = { cwd: project.root, here: '' }
  await importAddress(named, { ...at, url: 'remote://near/file' })
  expect(readFileSync(join(project.root, 'file.dvc'), 'utf8')).toContain(
    'deps:\n- md5: f97c5d29941bfb1b2fdab0874906ab82\n  size: 3\n  hash: md5\n  path: remote://near/file\n',
  )
  expect(await importAddress(named, { ...at, url: 'remote://near/dir' })).toMatchObject({
    hash: { nfiles: 1 },
  })
  write('store/file', 'two')
  const [updated] = await updateImports(named, {
    targets: ['file.dvc'],
    clones: join(folder, 'clones'),
    readStageOuts,
  })
  expect(updated).toMatchObject({ changed: true })
  expect(readFileSync(join(project.root, 'file'), 'utf8')).toBe('two')
  named.close()
})

test('what is in the cache already is imported without a remote, also from the project itself', async () => {
  write('here/raw/a', 'a')
  await addDataset(project, 'raw')
  git('here', 'add', '-A')
  git('here', 'commit', '-qm', 'raw')
  const request = { url: '.', cwd: project.root, here: '', clones: '', readStageOuts }
  await importRepository(project, { ...request, path: 'raw', out: 'copy' })
  expect(readFileSync(join(project.root, 'copy/a'), 'utf8')).toBe('a')
  rmSync(join(project.root, '.dvc/cache'), { recursive: true })
  await expect(
    importRepository(project, { ...request, path: 'raw', out: 'lost' }),
  ).rejects.toMatchObject({ code: 'DATASET_NOT_IN_CACHE' })
})

test('a folder of another repository comes without the files that describe its data', async () => {
  const other = openDataProject(join(folder, 'other'))
  write('other/docs/table', 'rows')
  write('other/docs/.dvcignore', '*.tmp')
  await addDataset(other, 'docs/table')
  other.close()
  git('other', 'add', '-A')
  git('other', 'commit', '-qm', 'table')
  const request = { url: '../other', cwd: project.root, here: '', readStageOuts }
  await importRepository(project, { ...request, path: 'docs', clones: join(folder, 'clones') })
  expect(readdirSync(join(project.root, 'docs')).toSorted()).toEqual([
    '.gitignore',
    'readme',
    'table',
  ])
})

test('a file of a web server is fetched again only when the server says that it changed', async () => {
  let now = { etag: '"one"', text: 'a\n' }
  const { server, url } = await serve(() => now)
  try {
    await importAddress(project, { url, cwd: project.root, here: '' })
    expect(read('here/raw.csv.dvc')).toContain(`- checksum: '"one"'\n  size: 2\n`)
    const update = { targets: [], clones: from().clones, readStageOuts }
    now = { etag: '"one"', text: 'b\n' }
    expect(await updateImports(project, update)).toMatchObject([{ changed: false }])
    now = { etag: '"two"', text: 'c\n' }
    expect(await updateImports(project, update)).toMatchObject([{ changed: true }])
    expect(read('here/raw.csv')).toBe('c\n')
  } finally {
    server.close()
  }
})

test('a download that ends early leaves what was here, and one that succeeds keeps it in the cache', async () => {
  let cut = true
  const server = createServer(({ method }, response) => {
    response.setHeader('ETag', '"one"').setHeader('Content-Length', 6)
    if (cut && method === 'GET') response.write('ne', () => response.destroy())
    else response.end('newer\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/raw.csv`
  write('here/raw.csv', 'precious\n')
  const request = { url, cwd: project.root, here: '', force: true }
  try {
    await expect(importAddress(project, request)).rejects.toThrow(/ended before its end/)
    expect(read('here/raw.csv')).toBe('precious\n')
    expect(existsSync(join(folder, 'here/raw.csv.dvc'))).toBe(false)
    cut = false
    await importAddress(project, request)
    expect(read('here/raw.csv')).toBe('newer\n')
    // printf 'precious\n' | md5sum
    expect(isCached(project, '4ee9c5beec01edf6b964ab48999c0c58')).toBe(true)
  } finally {
    server.close()
  }
})

test('an update that fails leaves the workspace as it was', async () => {
  write('src/d/a', 'a\n')
  const url = join(folder, 'src/d')
  await importAddress(project, { url, cwd: project.root, here: '' })
  write('here/d/a', 'edited here\n')
  rmSync(join(folder, 'src'), { recursive: true })
  const update = { targets: [], clones: from().clones, readStageOuts }
  await expect(updateImports(project, update)).rejects.toThrow(/there is no/)
  expect(read('here/d/a')).toBe('edited here\n')
  write('src/d/b', 'b\n')
  expect(await updateImports(project, update)).toMatchObject([{ changed: true }])
  expect(readdirSync(join(folder, 'here/d'))).toEqual(['b'])
  // printf 'edited here\n' | md5sum
  expect(isCached(project, 'c3437dee38c5d0e6488a1c9013bd7ec4')).toBe(true)
  expect(readdirSync(join(folder, 'here/.dvc/tmp'))).not.toContainEqual(
    expect.stringMatching('ratchet~'),
  )
})
