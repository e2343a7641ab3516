import { afterEach, beforeEach, expect, it } from 'vitest'
import { manualClock } from '../base/time.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import type { Database } from '../storage/database/port.ts'
import { writeSetting } from '../storage/database/settings.ts'
import { createEventLog, type EventLog } from './index.ts'

let database: Database
let events: EventLog
beforeEach(async () => {
  database = await testDatabase()
  events = createEventLog(manualClock(5000))
})
afterEach(() => database.close())

const fact = { type: 'things.happened', subject: 'model:a', data: { n: 1 }, causedBy: null }

it('keeps events in order, with what caused them', async () => {
  const first = await database.transaction((tx) => events.publish(tx, fact))
  const second = await database.transaction((tx) =>
    events.publish(tx, { ...fact, subject: 'model:b', causedBy: first }),
  )
  const all = await events.list(database.query, {})
  expect(all.map((event) => [event.seq, event.id, event.causedBy, event.at])).toEqual([
    [1, first, null, 5000],
    [2, second, first, 5000],
  ])
  expect(await events.list(database.query, { causedBy: first })).toHaveLength(1)
  expect(await events.list(database.query, { after: 1, subject: 'model:a' })).toHaveLength(0)
  expect((await events.find(database.query, second))?.data).toEqual({ n: 1 })
})

it('stores an event and what its subscribers do together, or neither', async () => {
  events.subscribe(async (tx, event) => {
    await writeSetting(tx, `saw ${event.seq}`, 'yes')
    if (event.data.n === 2) throw new Error('subscriber failed')
  })
  await database.transaction((tx) => events.publish(tx, fact))
  await expect(
    database.transaction((tx) => events.publish(tx, { ...fact, data: { n: 2 } })),
  ).rejects.toThrow('subscriber failed')
  expect(await events.list(database.query, {})).toHaveLength(1)
})
