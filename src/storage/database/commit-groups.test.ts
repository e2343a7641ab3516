import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CommitGroups, createCommitGroups } from './commit-groups.ts'
import { directOf } from './direct.ts'
import { type LogSync, openLogSync } from './log-sync.ts'
import type { Query, Tx } from './port.ts'
import { kyselyOverSqlite } from './sqlite-driver.ts'
import { createWatcher } from './sqlite-watch.ts'

let folder: string
let file: string
let writer: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-groups-'))
  file = join(folder, 'ratchet.db')
  writer = new DatabaseSync(file)
  writer.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; create table rows (value text)',
  )
})
afterEach(() => {
  writer.close()
  rmSync(folder, { recursive: true })
})

function groupsOn(log: LogSync): CommitGroups {
  const query: Query = kyselyOverSqlite(writer)
  return createCommitGroups({ writer, tx: query as Tx, watcher: createWatcher(writer), log })
}

const add = (value: string) => async (tx: Tx) => {
  await directOf(tx).run('insert into rows (value) values (?)', [value])
}

/** What another connection sees. */
function rows(): readonly unknown[] {
  const reader = new DatabaseSync(file)
  const found = reader.prepare('select value from rows order by value').all()
  reader.close()
  return found.map(({ value }) => value)
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 20))

it('acknowledges after the sync, and commits the next group after that', async () => {
  const released: (() => void)[] = []
  const log = openLogSync(file)
  const groups = groupsOn({
    ...log,
    later: () => new Promise<void>((resolve) => released.push(resolve)).then(log.later),
  })
  const told: string[] = []
  const write = (value: string) => groups.transaction(add(value)).then(() => told.push(value))
  const first = [write('a'), write('b')]
  await turns()
  const second = [write('c'), write('d')]
  await turns()
  expect([told, rows()]).toEqual([[], ['a', 'b']])
  released[0]?.()
  await Promise.all(first)
  await turns()
  expect([told, rows()]).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c', 'd'],
  ])
  released[1]?.()
  await Promise.all(second)
  await groups.idle()
  log.close()
})

it('syncs each commit of a writer who is alone, before it answers', async () => {
  let synced = 0
  const log = openLogSync(file)
  const groups = groupsOn({
    ...log,
    now: () => {
      log.now()
      synced += 1
    },
  })
  for (let count = 1; count <= 3; count += 1) {
    await groups.transaction(add(`row ${count}`))
    expect(synced).toBe(count)
  }
  log.close()
})

it.each([1, 2])('refuses %i at once whose sync fails, and begins the log anew', async (count) => {
  const log = openLogSync(file)
  let failures = 1
  const failing = (): void => {
    failures -= 1
    if (failures >= 0) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
  }
  const groups = groupsOn({
    ...log,
    now: () => {
      failing()
      log.now()
    },
    later: async () => {
      failing()
      await log.later()
    },
  })
  const writes = Array.from({ length: count }, (_, index) => groups.transaction(add(`a${index}`)))
  const results = await Promise.allSettled(writes)
  expect(results.map(({ status }) => status)).toEqual(Array(count).fill('rejected'))
  const before = statSync(`${file}-wal`).size
  await groups.transaction(add('next'))
  expect(statSync(`${file}-wal`).size).toBeLessThan(before)
  expect(rows()).toContain('next')
  await groups.idle()
  log.close()
})
