import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import { createTracking } from './index.ts'

export type TrackingWorld = Awaited<ReturnType<typeof openTrackingWorld>>

/** Tracking over a database of its own, at a time that moves only when told. */
export async function openTrackingWorld() {
  const clock = manualClock(1_000)
  const { publish, list } = createEventLog(clock)
  const database = await testDatabase()
  const tracking = createTracking({ database, clock, publish })
  const startRun = async () => (await tracking.createRun({ experimentId: '0' })).id
  return { database, clock, publish, listEvents: list, tracking, startRun }
}

export const metric = (key: string, value: number, step = 0, at = 1) => ({ key, value, step, at })
