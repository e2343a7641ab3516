import { afterEach, beforeEach, expect, it } from 'vitest'
import { manualClock } from '../../../base/time.ts'
import { createEventLog } from '../../../events/index.ts'
import { testDatabase } from '../../../storage/database/database.testing.ts'
import type { Database } from '../../../storage/database/port.ts'
import { createTracking, type Tracking } from '../tracking.ts'
import type { RunSnapshot } from './schema.ts'
import { STARTED_IN } from './snapshot.testing.ts'

const clock = manualClock(1_000)
let database: Database
let tracking: Tracking
beforeEach(async () => {
  database = await testDatabase()
  tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
})
afterEach(() => database.close())

const startRun = async (): Promise<string> => (await tracking.createRun({ experimentId: '0' })).id
const adopt = (id: string, startedIn: RunSnapshot): Promise<void> =>
  database.transaction((tx) => tracking.adoptSnapshotIn(tx, id, startedIn))
const forged = {
  ...STARTED_IN,
  snapshot: { ...STARTED_IN.snapshot, diff: '-all\n+is another\n' },
}

it('is told by its content, whatever id it comes with', async () => {
  const [ours, theirs] = [await startRun(), await startRun()]
  await adopt(ours, STARTED_IN)
  await adopt(theirs, forged)
  const found = await tracking.getRunSnapshot(theirs)
  expect(found?.snapshot.diff).toBe(forged.snapshot.diff)
  expect(found?.snapshot.id).not.toBe(STARTED_IN.snapshot.id)
  expect(await tracking.getRunSnapshot(ours)).toEqual(STARTED_IN)
})

it('stays what it was for a run that has one', async () => {
  const id = await startRun()
  await adopt(id, STARTED_IN)
  await adopt(id, forged)
  expect(await tracking.getRunSnapshot(id)).toEqual(STARTED_IN)
})
