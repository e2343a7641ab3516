import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { md5 } from '../../../base/hash.ts'
import { setFaultHook } from '../fault-points.ts'
import { openPool } from '../workers/pool.ts'
import { type Intake, openIntake } from './intake.ts'
import { listStoreNames, objectPath } from './object-store.ts'
import { takeAll } from './take-all.ts'

// In memory where there is such a place: a sync of a busy disk is not what is tested.
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
// More than are synced one by one: whole folders get their names at once.
const COUNT = 300

let base: string
beforeEach(() => {
  base = mkdtempSync(join(ROOM, 'ratchet-intake-'))
  mkdirSync(join(base, 'from'))
  for (let index = 0; index < COUNT; index++) writeFileSync(sourceAt(index), `content ${index}`)
})
afterEach(() => {
  setFaultHook(null)
  rmSync(base, { recursive: true, force: true })
})

const sourceAt = (index: number): string => join(base, 'from', String(index))
const oidAt = (index: number): string => md5(`content ${index}`)
const store = (): string => join(base, 'store')
const open = (): Intake =>
  openIntake({ store: store(), temporaryRoot: join(base, 'tmp'), pool: openPool(0) })

async function takeIn(count = COUNT): Promise<void> {
  const intake = open()
  await takeAll({
    pool: openPool(0),
    count,
    sourceAt,
    expectedAt: oidAt,
    intake,
    onTaken: () => {},
  })
  await intake.finish()
}

function named(): readonly string[] {
  const oids = [...listStoreNames(store())]
  for (const oid of oids) expect(md5(readFileSync(objectPath(store(), oid)))).toBe(oid)
  return oids.toSorted()
}
const all = (): readonly string[] =>
  Array.from({ length: COUNT }, (_, index) => oidAt(index)).toSorted()

test('an empty store gets whole folders, each in one step', async () => {
  let steps = 0
  setFaultHook((point) => {
    if (point === 'publish: after the name') steps++
  })
  await takeIn()
  expect(named()).toEqual(all())
  expect(steps).toBe(new Set(all().map((oid) => oid.slice(0, 2))).size)
  expect(readdirSync(join(base, 'tmp'))).toEqual([])
})

test.each([1, 2, 100])(
  'stopped at folder %i: what has a name is whole, the next one finishes',
  async (stop) => {
    let steps = 0
    setFaultHook((point) => {
      if (point === 'publish: before the name' && ++steps === stop) throw new Error('stopped')
    })
    await expect(takeIn()).rejects.toThrow('stopped')
    const before = named()
    expect(before.length < COUNT).toBe(true)
    setFaultHook(null)
    await takeIn()
    expect(named()).toEqual(all())
  },
)

test('beside objects that are there already each gets its name by itself', async () => {
  await takeIn(10)
  await takeIn()
  expect(named()).toEqual(all())
})

test('what a batch left that was given up gets no name', async () => {
  const intake = open()
  const failed = intake.begin()
  const half = objectPath(failed.copies.folder, oidAt(0))
  mkdirSync(join(half, '..'), { recursive: true })
  writeFileSync(half, 'cont')
  failed.giveUp()
  const rest = {
    sourceAt: (index: number) => sourceAt(index + 1),
    expectedAt: (index: number) => oidAt(index + 1),
  }
  await takeAll({ pool: openPool(0), count: COUNT - 1, ...rest, intake, onTaken: () => {} })
  await intake.finish()
  expect(named()).toEqual(all().filter((oid) => oid !== oidAt(0)))
})

test('large files of one content share a copy, whichever thread is first', async () => {
  const text = 'large\n'.repeat(300_000)
  const paths = ['one', 'two', 'three', 'four'].map((name) => join(base, name))
  for (const path of paths) writeFileSync(path, text)
  const pool = openPool(2)
  const intake = openIntake({ store: store(), temporaryRoot: join(base, 'tmp'), pool })
  let copied = 0
  await takeAll({
    pool,
    count: paths.length,
    sourceAt: (index) => paths[index] ?? '',
    intake,
    onTaken: (_, taken) => (copied += taken.copied.filter((wrote) => wrote === 1).length),
  })
  await intake.finish()
  await pool.close()
  expect(copied).toBe(1)
  expect(named()).toEqual([md5(text)])
})
