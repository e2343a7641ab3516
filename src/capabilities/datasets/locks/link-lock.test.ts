import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { initDataProject, withRepoLock } from '../index.ts'
import { tryLinkLock } from './link-lock.ts'

let root: string
let lock: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-link-lock-'))
  initDataProject(root)
  appendFileSync(join(root, '.dvc/config'), '[core]\n    hardlink_lock = true\n')
  lock = join(root, '.dvc/tmp/lock')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const locks = (): readonly string[] =>
  readdirSync(join(root, '.dvc/tmp')).filter((name) => name.includes('lock'))

test('one has it, the next waits until it is given back, and nothing is left', async () => {
  const held = tryLinkLock(lock)
  expect(held).not.toBeNull()
  expect(tryLinkLock(lock)).toBeNull()
  held?.release()
  const again = tryLinkLock(lock)
  expect(again).not.toBeNull()
  again?.release()
  expect(locks()).toEqual([])
})

test('the lock of the repository is taken this way where the configuration asks for it', async () => {
  const held = tryLinkLock(lock)
  const busy = withRepoLock({ root }, { waitMs: 50 }, async () => {})
  await expect(busy).rejects.toThrow(new RegExp(`process ${process.pid}`))
  held?.release()
  await withRepoLock({ root }, { waitMs: 50 }, async () => {
    expect(tryLinkLock(lock)).toBeNull()
  })
  expect(locks()).toEqual([])
})

test('one whose process is dead, or whose year is over, is taken away', () => {
  const { pid } = spawnSync('true')
  const dead = join(root, `.dvc/tmp/ratchet~${hostname()}~${pid}~00aa.lock`)
  writeFileSync(lock, dead)
  expect(tryLinkLock(lock)).toBeNull()
  tryLinkLock(lock)?.release()
  writeFileSync(lock, '/elsewhere/claim')
  const soon = Date.now() / 1000 + 600
  utimesSync(lock, soon, soon)
  expect([tryLinkLock(lock), tryLinkLock(lock)]).toEqual([null, null])
  utimesSync(lock, 1, 1)
  expect(tryLinkLock(lock)).toBeNull()
  const free = tryLinkLock(lock)
  expect(free).not.toBeNull()
  free?.release()
})
