import { describe, expect, it } from 'vitest'
import { databases } from '../../tests/databases.ts'
import { DAY_MS } from '../base/time.ts'
import type { Database } from '../storage/database/port.ts'
import { forgetFinishedJobs } from './retention.ts'
import type { JobState } from './schema.ts'
import { insertJob, type JobTables, listJobs } from './store.ts'

const NOW = Date.UTC(2026, 0, 1)

describe.each(databases)('finished jobs on $name', ({ open }) => {
  /** Jobs of a kind that came and ended so many days ago. */
  async function endJobs(
    database: Database,
    kind: string,
    { state, days, count = 1 }: { state: JobState; days: number; count?: number },
  ): Promise<void> {
    const at = NOW - days * DAY_MS
    await database.transaction(async (tx) => {
      for (let index = 0; index < count; index++)
        await insertJob(tx, { kind, payload: null, causedBy: null }, at)
      await tx
        .withTables<JobTables>()
        .updateTable('jobs')
        .set({ state, finished_at: state === 'queued' ? null : at })
        .where('kind', '=', kind)
        .execute()
    })
  }

  it('go after two weeks, failed ones after ninety days; what waits stays', async () => {
    const database = await open()
    await endJobs(database, 'old', { state: 'succeeded', days: 15 })
    await endJobs(database, 'given up', { state: 'cancelled', days: 15 })
    await endJobs(database, 'young', { state: 'succeeded', days: 13 })
    await endJobs(database, 'failed', { state: 'failed', days: 89 })
    await endJobs(database, 'failed long ago', { state: 'failed', days: 91 })
    await endJobs(database, 'waiting', { state: 'queued', days: 200 })
    expect(await forgetFinishedJobs(database, NOW)).toBe(3)
    const kept = (await listJobs(database.query, {})).map(({ kind }) => kind)
    expect(kept.toSorted()).toEqual(['failed', 'waiting', 'young'])
    expect(await forgetFinishedJobs(database, NOW)).toBe(0)
    await database.close()
  })

  it('go also when they are more than one transaction takes', async () => {
    const database = await open()
    await endJobs(database, 'look', { state: 'succeeded', days: 30, count: 1001 })
    expect(await forgetFinishedJobs(database, NOW)).toBe(1001)
    await database.close()
  })
})
