import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import { setFaultHook } from './fault-points.ts'
import {
  addDataset,
  checkoutDatasets,
  cloudStatus,
  collectGarbage,
  type DataProject,
  datasetStatus,
  fetchDatasets,
  fetchMissing,
  openDataProject,
  pushDatasets,
  verifyCache,
} from './index.ts'
import { CACHE, object, openTransferWorld, type TransferWorld } from './transfer.testing.ts'

let world: TransferWorld
let base: string
let root: string
let project: DataProject
let write: TransferWorld['write']
let addTwo: TransferWorld['addTwo']
beforeEach(() => {
  world = openTransferWorld()
  ;({ base, root, project, write, addTwo } = world)
})
afterEach(() => world.close())

const onRemote = (text: string): string => join(base, 'remote/files/md5', object(text))
const fails = (code: string) => expect.objectContaining({ code })
const emptyCache = (): void => rmSync(join(root, '.dvc/cache'), { recursive: true })
const emptyWorkspace = (): void => rmSync(join(root, 'd'), { recursive: true })

function overwrite(path: string, text: string): void {
  chmodSync(path, 0o644)
  writeFileSync(path, text)
  chmodSync(path, 0o444)
}

test('what is pushed comes back whole in an empty clone', async () => {
  await addTwo()
  expect(await pushDatasets(project)).toEqual({ pushed: 3, missing: [] })
  expect(await pushDatasets(project)).toEqual({ pushed: 0, missing: [] })
  expect(statSync(onRemote('a')).mode & 0o777).toBe(0o444)
  emptyCache()
  emptyWorkspace()
  expect(await fetchDatasets(project)).toEqual({ fetched: 3, missing: [] })
  await checkoutDatasets(project)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
})

test.each([
  ['other bytes', 'x'],
  ['cut short', ''],
])(
  'an object of the remote with %s is refused and named; what is whole is kept',
  async (_, text) => {
    await addTwo()
    await pushDatasets(project)
    emptyCache()
    overwrite(onRemote('a'), text)
    await expect(fetchDatasets(project)).rejects.toThrow(
      expect.objectContaining({
        code: 'DATASET_REMOTE_CORRUPT',
        detail: expect.stringContaining(md5('a').slice(2)) as string,
      }),
    )
    expect(existsSync(join(root, CACHE, object('a')))).toBe(false)
    const listings = existsSync(join(root, CACHE))
      ? readdirSync(join(root, CACHE), { recursive: true })
      : []
    expect(listings.filter((name) => String(name).endsWith('.dir'))).toEqual([])
  },
)

test('an object of the cache that is not what it says is not pushed', async () => {
  await addTwo()
  overwrite(join(root, CACHE, object('a')), 'x')
  await expect(pushDatasets(project)).rejects.toThrow(fails('DATASET_OBJECT_CORRUPT'))
  expect(existsSync(onRemote('a'))).toBe(false)
})

test('a listing is not pushed while a file of it is missing', async () => {
  await addTwo()
  rmSync(join(root, CACHE, object('a')), { force: true })
  const { pushed, missing } = await pushDatasets(project)
  expect({ pushed, missing }).toEqual({ pushed: 1, missing: [md5('a')] })
  expect(await cloudStatus(project)).toContainEqual({ path: 'd', state: 'new' })
})

test('a part of a folder is pushed without its listing, and checked out without the rest', async () => {
  await addTwo()
  expect(await pushDatasets(project, ['d/sub'])).toEqual({ pushed: 1, missing: [] })
  emptyWorkspace()
  await checkoutDatasets(project, ['d/sub/b.csv'])
  expect(readdirSync(join(root, 'd'))).toEqual(['sub'])
})

test('who names a remote moves nothing that belongs to another', async () => {
  for (const name of ['first', 'second'])
    appendFileSync(join(root, '.dvc/config'), `['remote "${name}"']\n    url = ../../${name}\n`)
  for (const [path, text] of [['own.csv', 'a'] as const, ['free.csv', 'b'] as const]) {
    write(path, text)
    await addDataset(project, path)
  }
  appendFileSync(join(root, 'own.csv.dvc'), '  remote: second\n')
  const named = openDataProject(root)
  expect(await pushDatasets(named, [], { remote: 'first' })).toEqual({ pushed: 1, missing: [] })
  expect(existsSync(join(base, 'second'))).toBe(false)
  expect(await pushDatasets(named, ['own.csv'])).toEqual({ pushed: 1, missing: [] })
  emptyCache()
  expect(await fetchDatasets(named, [], { remote: 'first' })).toEqual({ fetched: 1, missing: [] })
  named.close()
})

test('a checkout fetches what the cache misses', async () => {
  await addTwo()
  await pushDatasets(project)
  emptyCache()
  emptyWorkspace()
  await expect(checkoutDatasets(project)).rejects.toThrow(fails('DATASET_NOT_IN_CACHE'))
  await checkoutDatasets(project, [], { fetchMissing: (outs) => fetchMissing(project, outs) })
  expect(readFileSync(join(root, 'd/sub/b.csv'), 'utf8')).toBe('b')
})

test('a folder that is new in the workspace comes whole or not at all', async () => {
  await addTwo()
  emptyWorkspace()
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  setFaultHook((point) => {
    if (point === 'checkout: folder whole') throw full
  })
  await expect(checkoutDatasets(project)).rejects.toThrow('no space')
  setFaultHook(null)
  expect(existsSync(join(root, 'd'))).toBe(false)
  expect(readdirSync(join(root, '.dvc/tmp')).filter((name) => name.startsWith('ratchet~'))).toEqual(
    [],
  )
  await checkoutDatasets(project)
  expect(readFileSync(join(root, 'd/sub/b.csv'), 'utf8')).toBe('b')
  expect(statSync(join(root, 'd/a.csv')).mode & 0o777).toBe(0o666 & ~process.umask())
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

test('gc removes what nothing uses, listings first, and keeps what a commit uses when asked', async () => {
  await addTwo()
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
  git('add', 'd.dvc')
  git('commit', '-qm', 'first')
  write('d/a.csv', 'changed')
  await addDataset(project, 'd')
  const dry = { dry: true, minAgeMs: 0 }
  const kept = await collectGarbage(project, { scope: { allBranches: true }, ...dry })
  expect(kept.removed).toBe(0)
  expect((await collectGarbage(project, { scope: { workspace: true }, ...dry })).removed).toBe(2)
  await collectGarbage(project, { scope: { workspace: true } })
  expect(existsSync(join(root, CACHE, object('a')))).toBe(false)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
  await expect(collectGarbage(project, { scope: {} })).rejects.toThrow(
    fails('DATASET_SCOPE_MISSING'),
  )
})

test('gc of a remote leaves what is younger than the guard', async () => {
  await addTwo()
  await pushDatasets(project)
  write('d/a.csv', 'changed')
  await addDataset(project, 'd')
  const scope = { workspace: true }
  expect((await collectGarbage(project, { scope, cloud: true })).removedFromRemote).toBe(0)
  const now = await collectGarbage(project, { scope, cloud: true, minAgeMs: 0 })
  expect(now.removedFromRemote).toBe(2)
  expect(existsSync(onRemote('b'))).toBe(true)
})

test('verify names what is broken, sets it aside and fetches it again', async () => {
  await addTwo()
  await pushDatasets(project)
  overwrite(join(root, CACHE, object('a')), 'x')
  const { broken } = await verifyCache(project)
  expect(broken).toMatchObject([{ oid: md5('a'), found: md5('x'), restored: true }])
  expect(readFileSync(broken[0]?.movedTo ?? '', 'utf8')).toBe('x')
  expect((await verifyCache(project)).broken).toEqual([])
})

// dvc 2.58.2: printf 'a\r\nb\r\n' > t.csv; dvc add t.csv. The name is md5 of 'a\nb\n', the object keeps its bytes.
test('data of DVC 2 is read, pushed, fetched and checked out, and stays as it is until it changes', async () => {
  const old = md5('a\nb\n')
  const record = `outs:\n- md5: ${old}\n  size: 6\n  path: t.csv\n`
  write('t.csv.dvc', record)
  write('t.csv', 'a\r\nb\r\n')
  write(`.dvc/cache/${old.slice(0, 2)}/${old.slice(2)}`, 'a\r\nb\r\n')
  chmodSync(join(root, `.dvc/cache/${old.slice(0, 2)}/${old.slice(2)}`), 0o444)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged', cached: true }])
  expect(await pushDatasets(project)).toEqual({ pushed: 1, missing: [] })
  expect(readFileSync(join(base, `remote/${old.slice(0, 2)}/${old.slice(2)}`), 'utf8')).toBe(
    'a\r\nb\r\n',
  )
  emptyCache()
  unlinkSync(join(root, 't.csv'))
  expect(await fetchDatasets(project)).toEqual({ fetched: 1, missing: [] })
  await checkoutDatasets(project)
  expect(readFileSync(join(root, 't.csv'), 'utf8')).toBe('a\r\nb\r\n')
  expect((await verifyCache(project)).broken).toEqual([])
  await addDataset(project, 't.csv')
  expect(readFileSync(join(root, 't.csv.dvc'), 'utf8')).toBe(record)
  write('t.csv', 'c\r\n')
  await addDataset(project, 't.csv')
  expect(readFileSync(join(root, 't.csv.dvc'), 'utf8')).toContain(`md5: ${md5('c\r\n')}`)
  expect(readFileSync(join(root, 't.csv.dvc'), 'utf8')).toContain('hash: md5')
})

// python3 -c "…hashlib.md5(json.dumps([{'md5': …, 'relpath': 'a\udcff'}], sort_keys=True).encode())"
test('names that are no UTF-8, start with a dash or hold a line break come back as they were', async () => {
  const names = [
    Buffer.from([0x61, 0xff]),
    Buffer.from('-rf'),
    Buffer.from('a\nb'),
    Buffer.from('😀'),
  ]
  mkdirSync(join(root, 'd'))
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/d/`), name]), name)
  await addDataset(project, 'd')
  await pushDatasets(project)
  emptyWorkspace()
  emptyCache()
  await fetchDatasets(project)
  await checkoutDatasets(project)
  const found = readdirSync(Buffer.from(join(root, 'd')), { encoding: 'buffer' })
  expect(found.map(String).toSorted()).toEqual(names.map(String).toSorted())
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

test('a file that is written while it is hashed is refused, and nothing is recorded', async () => {
  write('big.bin', 'x'.repeat(9 << 20))
  setFaultHook((point) => {
    if (point === 'take-large: part hashed') appendFileSync(join(root, 'big.bin'), 'more')
  })
  await expect(addDataset(project, 'big.bin')).rejects.toThrow(fails('DATASET_CHANGED_WHILE_READ'))
  setFaultHook(null)
  expect(existsSync(join(root, 'big.bin.dvc'))).toBe(false)
  expect(existsSync(join(root, CACHE)) ? readdirSync(join(root, CACHE)) : []).toEqual([])
})

test('the run cache goes along when asked, and only what is named by hashes', async () => {
  await addTwo()
  const run = `runs/ab/${'ab'.repeat(32)}/${'cd'.repeat(32)}`
  write(`.dvc/cache/${run}`, 'cmd: echo\n')
  expect(await pushDatasets(project, [], { runCache: true })).toEqual({ pushed: 4, missing: [] })
  writeFileSync(join(base, 'remote/runs/evil'), 'x')
  emptyCache()
  expect(await fetchDatasets(project, [], { runCache: true })).toEqual({ fetched: 4, missing: [] })
  expect(readFileSync(join(root, '.dvc/cache', run), 'utf8')).toBe('cmd: echo\n')
  expect(readdirSync(join(root, '.dvc/cache/runs'))).toEqual(['ab'])
})
