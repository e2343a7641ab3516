import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '../../../../tests/databases.ts'
import { manualClock, systemClock } from '../../../base/time.ts'
import { createEventLog } from '../../../events/index.ts'
import type { Database } from '../../../storage/database/port.ts'
import type { Watch } from './schema.ts'
import { listWatchFaults } from './store.ts'
import { lookForFiles } from './watch.ts'

const watch: Watch = {
  name: 'sales:new/**/*.csv',
  model: 'sales',
  pattern: 'new/**/*.csv',
  take: 'coalesce',
}

describe.each(databases)('a watched folder on $name', ({ open }) => {
  const clock = manualClock(1_700_000_000_000)
  const events = createEventLog(clock)
  let database: Database
  let projectRoot: string
  beforeEach(async () => {
    database = await open()
    projectRoot = mkdtempSync(join(tmpdir(), 'ratchet-watch-'))
  })
  afterEach(async () => {
    await database.close()
    rmSync(projectRoot, { recursive: true, force: true })
  })

  const put = (path: string, text: string, modified = 1_600_000_000): void => {
    const file = join(projectRoot, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    utimesSync(file, modified, modified)
  }
  const look = (alongside = async (): Promise<void> => {}): Promise<string | null> =>
    lookForFiles(
      {
        projectRoot,
        database,
        publish: events.publish,
        clock,
        realClock: systemClock,
        isBusy: async () => false,
      },
      watch,
      { causedBy: null, signal: new AbortController().signal, alongside },
    )
  const arrived = async (): Promise<readonly unknown[]> =>
    (await events.list(database.query, { types: ['datasets.arrived'], limit: 100 })).map(
      ({ data }) => data.files,
    )

  it('announces each file once, also in folders below', async () => {
    put('new/old.csv', '1')
    expect(await look()).toBe(null)
    put('new/a.csv', '1')
    put('new/2024/05/b.csv', '1', 1_600_000_001)
    put('new/2024/05/b.txt', 'not asked for')
    await look()
    await look()
    put('new/a.csv', '12')
    await look()
    expect(await arrived()).toEqual([['new/a.csv', 'new/2024/05/b.csv']])
    await look()
    expect((await arrived()).at(-1)).toEqual(['new/a.csv'])
    expect(await arrived()).toHaveLength(2)
  })

  it('is as if it had not looked when it is killed before it remembers', async () => {
    mkdirSync(join(projectRoot, 'new'))
    await look()
    put('new/a.csv', '1')
    const killed = look(() => Promise.reject(new Error('killed')))
    await expect(killed).rejects.toThrow('killed')
    expect(await arrived()).toEqual([])
    await look()
    expect(await arrived()).toEqual([['new/a.csv']])
  })

  it('remembers more files than one statement takes', async () => {
    mkdirSync(join(projectRoot, 'new'))
    await look()
    const names = Array.from({ length: 1001 }, (_, index) => `new/${index}.csv`)
    for (const name of names) put(name, '1')
    await look()
    await look()
    const [only, ...more] = await events.list(database.query, {
      types: ['datasets.arrived'],
      limit: 10,
    })
    expect(only?.data.count).toBe(1001)
    expect(more).toEqual([])
  })

  it('takes a failed listing for no look at all, and says so until one succeeds', async () => {
    expect(await look()).toMatch(/ENOENT.*new/)
    expect([...(await listWatchFaults(database.query)).keys()]).toEqual([watch.name])
    put('new/a.csv', '1')
    expect(await look()).toBe(null)
    expect((await listWatchFaults(database.query)).size).toBe(0)
    rmSync(join(projectRoot, 'new'), { recursive: true })
    expect(await look()).not.toBe(null)
    put('new/a.csv', '1')
    await look()
    expect(await arrived()).toEqual([])
  })
})
