import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock, MINUTE_MS } from '../base/time.ts'
import { createWorker, insertJob, type JobSpec, listJobs } from '../jobs/index.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import type { Database, Tx } from '../storage/database/port.ts'
import { ROLLOUT_STEP, rolloutStepHandler } from './rollout-steps.ts'

let database: Database
beforeEach(async () => {
  database = await testDatabase()
})
afterEach(() => database.close())

test('a rollout is looked at again, also when a look breaks each time that it is tried', async () => {
  const clock = manualClock(0)
  const enqueue = (tx: Tx, spec: JobSpec) => insertJob(tx, spec, clock.now())
  const handler = rolloutStepHandler({
    clock,
    enqueue,
    transaction: (work) => database.transaction(work),
    rolloutEnded: async () => false,
    stepRollout: async () => {
      throw new Error('the log cannot be read')
    },
  })
  const worker = createWorker({
    database,
    clock,
    realClock: manualClock(0),
    name: 'test',
    handlers: [handler],
    leaseMs: 1000,
    concurrency: 1,
    onFailure: () => {},
  })
  const first = { kind: ROLLOUT_STEP, payload: { rollout_id: 'rol_1', look: 1 }, causedBy: null }
  await database.transaction((tx) => enqueue(tx, { ...first, maxAttempts: 1 }))
  await worker.settle()
  const jobs = await listJobs(database.query, {})
  expect(jobs.map(({ state, runAt }) => `${state} ${runAt}`).toSorted()).toEqual([
    `queued ${MINUTE_MS}`,
    'succeeded 0',
  ])
})
