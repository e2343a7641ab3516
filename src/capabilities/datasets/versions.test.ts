import { expect, test } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import { findByMd5, findVersion, listVersions, recordVersion } from './index.ts'

test('a new content is recorded once, announced, and found by its hash', async () => {
  const database = await testDatabase()
  const clock = manualClock(1000)
  const events = createEventLog(clock)
  const deps = { clock, publish: events.publish }
  const input = {
    dataset: 'data/raw',
    size: 4,
    nfiles: 2,
    rows: 7,
    commit: 'abc',
    causedBy: 'job_1',
  }
  const record = (md5: string) =>
    database.transaction((tx) => recordVersion(deps, tx, { ...input, md5 }))
  const first = await record('aa')
  expect(await record('aa')).toEqual(first)
  clock.advance(10)
  await record('bb')
  expect((await listVersions(database.query)).map(({ md5 }) => md5)).toEqual(['bb', 'aa'])
  expect(await findByMd5(database.query, 'aa')).toEqual([first])
  expect(await findVersion(database.query, first.id)).toEqual(first)
  const announced = await events.list(database.query, { types: ['datasets.version_added'] })
  expect(announced.map(({ data }) => data['md5'])).toEqual(['aa', 'bb'])
  expect(announced[0]).toMatchObject({ subject: 'dataset:data/raw', causedBy: 'job_1' })
  await database.close()
})
