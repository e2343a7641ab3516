import { afterAll, beforeAll, expect, it } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { type AnswerText, createTracking, type PointsText, type Tracking } from './index.ts'

let database: Database
let tracking: Tracking
let runId: string
const POINTS = 5000

beforeAll(async () => {
  database = await testDatabase()
  const clock = manualClock(1_000)
  tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
  runId = (await tracking.createRun({ experimentId: '0' })).id
  for (let start = 0; start < POINTS; start += 1000)
    await tracking.logBatch(runId, {
      metrics: Array.from({ length: 1000 }, (_, index) => {
        const step = 3 * (start + index)
        return { key: 'loss', step, at: step + 7, value: step / 2 }
      }),
    })
})
afterAll(() => database.close())

const steps = async (search: { maxResults?: number; startStep?: number; endStep?: number }) => {
  const points = await tracking.getMetricHistoryInterval({
    runIds: [runId],
    key: 'loss',
    ...search,
  })
  return points.map(({ step }) => step)
}

const plain: AnswerText<PointsText> = {
  module: import.meta.url,
  name: 'plain',
  write: ({ points }) => points,
}

const bulk = async (runIds: readonly string[], maxResults?: number) => {
  const text = await tracking.writeAnswer(plain, 'historyBulk', { runIds, key: 'loss', maxResults })
  return JSON.parse(Buffer.from(text).toString()) as readonly {
    timestamp: number
    run_id: string
  }[]
}

it('keeps the first and the last point of a chart, and real steps between', async () => {
  const sampled = await steps({ maxResults: 11 })
  expect(sampled).toHaveLength(11)
  expect([sampled[0], sampled.at(-1)]).toEqual([0, 3 * (POINTS - 1)])
  expect(sampled.every((step) => step % 3 === 0)).toBe(true)
  const gaps = sampled.slice(1).map((step, index) => step - (sampled[index] ?? 0))
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(3)
  expect(await steps({ maxResults: 1 })).toEqual([3 * (POINTS - 1)])
  expect(await steps({})).toHaveLength(2500)
})

it('shows all of a short stretch', async () => {
  expect(await steps({ startStep: 4, endStep: 12 })).toEqual([6, 9, 12])
  expect(await steps({ startStep: 1, endStep: 2 })).toEqual([])
  await expect(steps({ startStep: 1 })).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
  await expect(steps({ startStep: 2, endStep: 1 })).rejects.toMatchObject({ status: 400 })
})

it('samples each run by itself, also one whose steps are all the same', async () => {
  const other = (await tracking.createRun({ experimentId: '0' })).id
  const metrics = Array.from({ length: 20 }, (_, at) => ({ key: 'loss', step: 0, at, value: at }))
  await tracking.logBatch(other, {
    metrics: [...metrics, { key: 'loss', step: 0, at: 20, value: Number.NaN }],
  })
  const points = await tracking.getMetricHistoryInterval({
    runIds: [other, runId],
    key: 'loss',
    maxResults: 5,
  })
  const mine = points.filter((point) => point.runId === other)
  expect(mine.map(({ at }) => at)).toEqual([0, 5, 10, 15, 20])
  expect(mine.at(-1)?.value).toBeNaN()
  expect(points).toHaveLength(10)
  expect(await bulk([other])).toHaveLength(21)
  const few = await bulk([other, '0'.repeat(32)], 3)
  expect(few.map(({ timestamp }) => timestamp)).toEqual([0, 1, 2])
  expect(few.every(({ run_id }) => run_id === other)).toBe(true)
})

it('refuses unknown runs and too many', async () => {
  const unknown = ['0'.repeat(32)]
  const ask = (runIds: readonly string[]) =>
    tracking.getMetricHistoryInterval({ runIds, key: 'loss' })
  await expect(ask(unknown)).rejects.toMatchObject({ code: 'TRACKING_UNKNOWN' })
  await expect(ask(Array.from({ length: 101 }, () => runId))).rejects.toMatchObject({
    code: 'TRACKING_INVALID',
  })
})

it('gives a history by pages, in the order of time, also one that was logged out of order', async () => {
  const pages = async (key: string, size: number): Promise<readonly number[]> => {
    const found: number[] = []
    let pageToken: string | undefined
    do {
      const page = await tracking.getMetricHistory(runId, { key, maxResults: size, pageToken })
      found.push(...page.items.map(({ at }) => at))
      pageToken = page.nextPageToken ?? undefined
    } while (pageToken !== undefined)
    return found
  }
  const times = Array.from({ length: POINTS }, (_, index) => 3 * index + 7)
  expect(await pages('loss', 1234)).toEqual(times)
  expect(await pages('loss', 100_000)).toEqual(times)
  const disordered = [5, 3, 4, 1, 2].map((at, step) => ({ key: 'late', step, at, value: at }))
  await tracking.logBatch(runId, { metrics: disordered })
  expect(await pages('late', 2)).toEqual([1, 2, 3, 4, 5])
  for (const step of [9, 7, 8]) {
    const metrics = [{ key: 'behind', step, at: step, value: 0 }]
    await tracking.logBatch(runId, { metrics })
    await tracking.logBatch(runId, { metrics })
  }
  expect(await pages('behind', 1)).toEqual([7, 8, 9])
})
