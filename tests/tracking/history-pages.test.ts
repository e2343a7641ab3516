import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/base/time.ts'
import { createTracking, type Tracking } from '../../src/capabilities/tracking/index.ts'
import { historyOfMany, historyPage } from '../../src/edges/mlflow/read-answers.ts'
import { createEventLog } from '../../src/events/index.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { databases } from '../databases.ts'

const POINTS = 400

// SQLite writes the JSON of points itself: what comes out is what was logged, to the last digit.
describe.each(databases)('a history as JSON, on $name', ({ open }) => {
  let database: Database
  let tracking: Tracking
  let runId: string
  beforeAll(async () => {
    database = await open()
    const clock = manualClock(0)
    const { publish } = createEventLog(clock)
    const threadFrom = { runs: 1, points: 1 }
    tracking = createTracking({ database, clock, publish, threadFrom })
    runId = (await tracking.createRun({ experimentId: '0' })).id
    const doubles = fc.sample(fc.double(), { numRuns: POINTS, seed: 5 })
    const inOrder = doubles.map((value, step) => ({ key: 'in order', value, step, at: 2 * step }))
    const late = doubles.map((value, step) => ({ key: 'late', value, step, at: (step * 37) % 101 }))
    await tracking.logBatch(runId, { metrics: [...inOrder, ...late] })
  })
  afterAll(() => database.close())

  const logged = async (key: string) => {
    const { items } = await tracking.getMetricHistory(runId, { key })
    return items.map(({ value, at, step }) => ({
      key,
      value: Number.isNaN(value) ? 'NaN' : value,
      timestamp: at,
      step,
    }))
  }
  const parsed = (json: Uint8Array) =>
    JSON.parse(Buffer.from(json).toString()) as {
      readonly metrics?: readonly unknown[]
      readonly next_page_token?: string
    }

  it.each(['in order', 'late'])('has what was logged %s, page by page', async (key) => {
    const points: unknown[] = []
    let pageToken: string | undefined
    do {
      const asked = { runId, key, maxResults: 57, pageToken }
      const page = parsed(await tracking.writeAnswer(historyPage, 'history', asked))
      points.push(...(page.metrics ?? []))
      pageToken = page.next_page_token
    } while (pageToken !== undefined)
    expect(points).toHaveLength(POINTS)
    expect(points).toEqual(await logged(key))
  })

  it('has a page that ends with the history, and one without a point', async () => {
    const page = async (key: string) =>
      parsed(await tracking.writeAnswer(historyPage, 'history', { runId, key, maxResults: POINTS }))
    expect(await page('in order')).toEqual({ metrics: await logged('in order') })
    expect(await page('none')).toEqual({})
    const asked = { runIds: ['0'.repeat(32), runId], key: 'late', maxResults: 5 }
    const { metrics } = parsed(await tracking.writeAnswer(historyOfMany, 'historyBulk', asked))
    const first = (await logged('late')).slice(0, 5)
    expect(metrics).toEqual(first.map((point) => ({ ...point, run_id: runId })))
  })
})
