import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY_MS, type ManualClock, manualClock } from '../base/time.ts'
import type { Database } from '../storage/database/port.ts'
import { testDatabase } from '../storage/database/database.testing.ts'
import { backoffMs } from './backoff.ts'
import {
  cancelQueuedJob,
  createWorker,
  findJob,
  insertJob,
  type Job,
  type JobHandler,
  listJobs,
  nextTick,
  putSchedule,
  releaseWorker,
} from './index.ts'
import { claimJob, markEnded } from './lease.ts'

let database: Database
let clock: ManualClock
let realClock: ManualClock
beforeEach(async () => {
  database = await testDatabase()
  clock = manualClock(Date.UTC(1971, 0, 1))
  realClock = manualClock(1_000_000)
})
afterEach(() => database.close())

const add = (spec: Partial<Parameters<typeof insertJob>[1]> = {}) =>
  database.transaction((tx) =>
    insertJob(tx, { kind: 'k', payload: null, causedBy: null, ...spec }, clock.now()),
  )
const claim = (worker = 'w1') =>
  claimJob(database, {
    worker,
    kinds: ['k'],
    now: clock.now(),
    realNow: realClock.now(),
    leaseMs: 1000,
  })
const workerWith = (run: JobHandler['run'], name = 'w1') =>
  createWorker({
    database,
    clock,
    realClock,
    name,
    handlers: [{ kind: 'k', run }],
    leaseMs: 1000,
    concurrency: 4,
    onFailure: () => {},
  })

it('runs a job once, and one enqueued twice under the same key once', async () => {
  const seen: string[] = []
  const first = await add({ key: 'same' })
  expect(await add({ key: 'same' })).toBe(first)
  const worker = workerWith(async (job) => void seen.push(job.id))
  expect(await worker.settle()).toBe(1)
  expect(seen).toEqual([first])
  expect((await findJob(database.query, first))?.state).toBe('succeeded')
})

it('waits for project time, not for real time', async () => {
  const id = await add({ runAt: clock.now() + DAY_MS })
  const worker = workerWith(async () => {})
  expect(await worker.settle()).toBe(0)
  realClock.advance(30 * DAY_MS)
  expect(await worker.settle()).toBe(0)
  clock.advance(DAY_MS)
  expect(await worker.settle()).toBe(1)
  expect((await findJob(database.query, id))?.state).toBe('succeeded')
})

it('gives a dead worker’s job to another when the lease runs out, and fences the first', async () => {
  await add()
  const lost = (await claim('dead')) as Job
  expect(await claim('other')).toBeNull()
  realClock.advance(1001)
  const taken = (await claim('other')) as Job
  expect(taken.id).toBe(lost.id)
  expect(taken.fence).toBe(lost.fence + 1)
  const end = (held: Job) =>
    database.transaction((tx) => markEnded(tx, held, { as: 'succeeded', now: clock.now() }))
  await expect(end(lost)).rejects.toMatchObject({ code: 'JOB_FENCED' })
  await end(taken)
})

it('gives back at once what a worker of this machine held when it died', async () => {
  await add()
  await claim('dead')
  expect(await releaseWorker(database, 'dead')).toBe(1)
  expect((await claim('other'))?.attempts).toBe(2)
})

it('runs one job of a lane at a time', async () => {
  let inside = 0
  let most = 0
  for (let index = 0; index < 5; index++) await add({ lane: 'pipeline' })
  const worker = workerWith(async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside -= 1
  })
  expect(await worker.settle()).toBe(5)
  expect(most).toBe(1)
})

it('tries again with growing pauses, then gives up and keeps the reason', async () => {
  const id = await add({ maxAttempts: 2 })
  const worker = workerWith(async () => {
    realClock.advance(10_000)
    throw new Error('disk on fire')
  })
  setTimeout(() => realClock.advance(60_000), 50)
  await worker.settle()
  const job = await findJob(database.query, id)
  expect(job).toMatchObject({ state: 'failed', attempts: 2, error: 'disk on fire' })
  expect([1, 2, 3, 20].map(backoffMs)).toEqual([500, 1000, 2000, 300_000])
})

it('makes an effect and the end of its job one transaction', async () => {
  await add()
  const worker = workerWith(async (_job, { complete }) => {
    await database.transaction(async (tx) => {
      await insertJob(tx, { kind: 'effect', payload: 1, causedBy: null }, clock.now())
      await complete(tx)
    })
  })
  await worker.settle()
  expect(await listJobs(database.query, { kind: 'effect' })).toHaveLength(1)
  expect(await listJobs(database.query, { state: 'succeeded' })).toHaveLength(1)
})

it('cancels what waits, and leaves what runs to its handler', async () => {
  const waiting = await add({ key: 'waiting', lane: 'one' })
  const cancel = (key: string) =>
    database.transaction((tx) => cancelQueuedJob(tx, { kind: 'k', key }, clock.now()))
  expect(await cancel('waiting')).toBe(true)
  expect(await cancel('waiting')).toBe(false)
  const running = await add({ key: 'running', lane: 'one' })
  const worker = workerWith(async (_job, { giveUp }) => {
    expect(await cancel('running')).toBe(false)
    await database.transaction(giveUp)
  })
  expect(await worker.settle()).toBe(1)
  for (const id of [waiting, running])
    expect(await findJob(database.query, id)).toMatchObject({
      state: 'cancelled',
      finishedAt: clock.now(),
      error: null,
    })
})

it('gives the job back when the worker stops', async () => {
  const id = await add()
  const worker = workerWith(
    (_job, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
      }),
  )
  worker.wake()
  await expect.poll(async () => (await findJob(database.query, id))?.state).toBe('running')
  await worker.stop()
  expect(await findJob(database.query, id)).toMatchObject({ state: 'queued', attempts: 1 })
})

it('fires a schedule in project time, and one job for many missed ticks', async () => {
  await database.transaction((tx) =>
    putSchedule(tx, { name: 'weekly', cron: '0 6 * * 1', kind: 'k', payload: null }, clock.now()),
  )
  const worker = workerWith(async () => {})
  expect(await worker.settle()).toBe(0)
  clock.advance(50 * DAY_MS)
  expect(await worker.settle()).toBe(1)
  clock.advance(7 * DAY_MS)
  expect(await worker.settle()).toBe(1)
})

it('keeps to local time over both changes of daylight saving', () => {
  const tick = (iso: string) => nextTick('30 2 * * *', 'Europe/Berlin', Date.parse(iso))
  expect(tick('2026-03-28T12:00:00Z')).toBe(Date.parse('2026-03-29T01:00:00Z'))
  expect(tick('2026-10-24T12:00:00Z')).toBe(Date.parse('2026-10-25T00:30:00Z'))
  expect(() => nextTick('every day', 'UTC', 0)).toThrow(/JOB_CRON_INVALID/)
})
