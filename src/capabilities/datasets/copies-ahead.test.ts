import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../base/hash.ts'
import { setFaultHook } from './fault-points.ts'
import {
  addDataset,
  checkoutDatasets,
  datasetStatus,
  type DataProject,
  fetchDatasets,
  openCopiesAhead,
  openDataProject,
  pushDatasets,
} from './index.ts'
import { nextTick } from './workers/signature.ts'
import { CACHE, object, openTransferWorld, type TransferWorld } from './transfer.testing.ts'

const LARGE = 'large\n'.repeat(1_500_000)
const MIDDLE = 'middle\n'.repeat(200_000)

let world: TransferWorld
let root: string
let project: DataProject
beforeEach(() => {
  world = openTransferWorld()
  ;({ root, project } = world)
})
afterEach(() => {
  setFaultHook(null)
  world.close()
})

const inCache = (text: string): string => join(root, CACHE, object(text))
const temporaries = (): readonly string[] =>
  readdirSync(join(root, '.dvc/tmp')).filter((name) => name.startsWith('ratchet~'))

async function pushed(files: Readonly<Record<string, string>>, out: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) world.write(path, text)
  await addDataset(project, out)
  await pushDatasets(project)
  rmSync(join(root, '.dvc/cache'), { recursive: true })
}

/** Pulls as the command does; which objects had a copy that was moved into place. */
async function pull(target: DataProject = project): Promise<readonly string[]> {
  const ahead = openCopiesAhead(target)
  try {
    await fetchDatasets(target, [], { ahead })
    const copied = ahead.folder === null ? [] : readdirSync(ahead.folder)
    await checkoutDatasets(target, [], { ahead })
    const left = ahead.folder === null ? [] : readdirSync(ahead.folder)
    return copied.filter((oid) => !left.includes(oid))
  } finally {
    ahead.discard()
  }
}

test('a large file is copied for the workspace while it is fetched, with the rights of any other', async () => {
  await pushed({ big: LARGE }, 'big')
  rmSync(join(root, 'big'))
  expect(await pull()).toEqual([md5(LARGE)])
  expect(readFileSync(join(root, 'big'), 'utf8') === LARGE).toBe(true)
  expect(readFileSync(inCache(LARGE), 'utf8') === LARGE).toBe(true)
  const { mode, nlink, ino } = statSync(join(root, 'big'))
  expect(mode & 0o777).toBe(0o666 & ~process.umask())
  expect(nlink).toBe(1)
  expect(ino).not.toBe(statSync(inCache(LARGE)).ino)
  expect(temporaries()).toEqual([])
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

test('so are those of a folder, once each', async () => {
  await pushed({ 'd/one': MIDDLE, 'd/sub/two': MIDDLE, 'd/small': 'x', 'd/other': LARGE }, 'd')
  rmSync(join(root, 'd'), { recursive: true })
  expect((await pull()).toSorted()).toEqual([md5(MIDDLE), md5(LARGE)].toSorted())
  for (const [path, text] of [
    ['d/one', MIDDLE],
    ['d/sub/two', MIDDLE],
    ['d/small', 'x'],
    ['d/other', LARGE],
  ] as const)
    expect(readFileSync(join(root, path), 'utf8') === text).toBe(true)
  expect(await datasetStatus(project)).toMatchObject([{ state: 'unchanged' }])
})

test('what the workspace has already is not copied; what it is known to have in another version is', async () => {
  await pushed({ big: LARGE }, 'big')
  expect(await pull()).toEqual([])
  const newer = readFileSync(join(root, 'big.dvc'))
  world.write('big', MIDDLE)
  // What was written a moment ago is not remembered.
  await nextTick()
  await addDataset(project, 'big')
  writeFileSync(join(root, 'big.dvc'), newer)
  rmSync(inCache(LARGE), { force: true })
  expect(await pull()).toEqual([md5(LARGE)])
  expect(readFileSync(join(root, 'big'), 'utf8') === LARGE).toBe(true)
})

test('a file whose content is saved nowhere is refused as ever, and no copy stays', async () => {
  await pushed({ big: LARGE }, 'big')
  world.write('big', 'only here')
  await expect(pull()).rejects.toMatchObject({ code: 'DATASET_WOULD_BE_LOST' })
  expect(readFileSync(join(root, 'big'), 'utf8')).toBe('only here')
  expect(temporaries()).toEqual([])
})

test.each(['hardlink', 'symlink'])(
  'nothing is copied where the workspace has a %s',
  async (type) => {
    await pushed({ big: LARGE }, 'big')
    rmSync(join(root, 'big'))
    appendFileSync(join(root, '.dvc/config'), `[cache]\n    type = ${type}\n`)
    const linked = openDataProject(root)
    expect(await pull(linked)).toEqual([])
    linked.close()
    expect(statSync(join(root, 'big')).ino).toBe(statSync(inCache(LARGE)).ino)
  },
)

test.each(['big', 'd/big'])(
  'wrong bytes of the remote reach neither cache nor workspace: %s',
  async (path) => {
    const out = path === 'big' ? 'big' : 'd'
    await pushed({ [path]: LARGE, ...(out === 'd' ? { 'd/small': 'x' } : {}) }, out)
    rmSync(join(root, out), { recursive: true })
    const onRemote = join(world.base, 'remote/files/md5', object(LARGE))
    chmodSync(onRemote, 0o644)
    appendFileSync(onRemote, 'more')
    await expect(pull()).rejects.toMatchObject({ code: 'DATASET_REMOTE_CORRUPT' })
    expect(existsSync(inCache(LARGE))).toBe(false)
    expect(existsSync(join(root, path))).toBe(false)
    expect(temporaries()).toEqual([])
  },
)
