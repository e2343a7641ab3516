import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/base/time.ts'
import {
  createTracking,
  type Metric,
  type Tracking,
} from '../../src/capabilities/tracking/index.ts'
import { chart } from '../../src/edges/mlflow/read-answers.ts'
import { createEventLog } from '../../src/events/index.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { databases } from '../databases.ts'

// A long history is looked into and not read: what comes out is what a walk over all of it would pick.

/** More are not counted off. */
const LONG = 20_000

const SHAPES: Readonly<Record<string, (index: number) => { step: number; at: number }>> = {
  'a step for each': (index) => ({ step: 3 * index - 5000, at: index }),
  'gaps between steps': (index) => ({ step: Math.floor(index ** 1.5), at: index }),
  'several of each step': (index) => ({ step: Math.floor(index / 7), at: index }),
  'few steps': (index) => ({ step: 4 * Math.floor(index / 4000) + 1, at: index ** 2 }),
  'all at one step': (index) => ({ step: 0, at: 5 * index }),
}
const points = Object.entries(SHAPES).flatMap(([key, shape]) =>
  Array.from({ length: LONG + 50 }, (_none, index) => ({ key, value: index, ...shape(index) })),
)

describe.each(databases)('a chart of a long history on $name', ({ open }) => {
  let database: Database
  let tracking: Tracking
  let runId: string
  beforeAll(async () => {
    database = await open()
    const clock = manualClock(0)
    tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
    runId = (await tracking.createRun({ experimentId: '0' })).id
    for (let start = 0; start < points.length; start += 1000)
      await tracking.logBatch(runId, { metrics: points.slice(start, start + 1000) })
  })
  afterAll(() => database.close())

  it.each(Object.keys(SHAPES))('with %s', async (key) => {
    const own = points.filter((point) => point.key === key)
    const [least = 0, greatest = 0] = [own[0]?.step, own.at(-1)?.step]
    const step = fc.integer({ min: least - 10, max: greatest + 10 })
    const most = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2500 }))
    await fc.assert(
      fc.asyncProperty(most, step, step, async (maxResults, one, other) => {
        const [startStep, endStep] = [Math.min(one, other), Math.max(one, other)]
        const found = await tracking.getMetricHistoryInterval({
          runIds: [runId],
          key,
          maxResults,
          startStep,
          endStep,
        })
        const within = own.filter((point) => point.step >= startStep && point.step <= endStep)
        expect(found.map(({ value }) => value)).toEqual(pick(within, maxResults))
      }),
      { numRuns: 12, examples: [[2500, least, greatest]] },
    )
  })
})

describe.each(databases)('a chart of some runs on $name', ({ open }) => {
  it("has every point of the steps that MLflow's server picks for all of them", async () => {
    const database = await open()
    const clock = manualClock(0)
    const tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
    const lengths = [40, 25, 1]
    const runs = await Promise.all(lengths.map(() => tracking.createRun({ experimentId: '0' })))
    const runIds = runs.map(({ id }) => id)
    const logged = lengths.map((length, run) =>
      Array.from({ length }, (_none, index) => {
        const step = (run + 2) * Math.floor(index / (run + 1)) - 9
        return { key: 'loss', step, at: index, value: index }
      }),
    )
    for (const [run, metrics] of logged.entries())
      await tracking.logBatch(runIds[run] ?? '', { metrics })
    for (const maxResults of [1, 2, 7, 30, 2500]) {
      const steps = [...new Set(logged.flat().map(({ step }) => step))].toSorted((a, b) => a - b)
      const apart = steps.length / maxResults
      const picked = Array.from(
        { length: maxResults },
        (_none, index) => steps[Math.floor(index * apart)],
      )
      const edges = logged.flatMap((own) => [own[0]?.step, own.at(-1)?.step])
      const wanted = new Set(apart <= 1 ? steps : [...picked, ...edges])
      const expected = logged.map((own) => own.filter(({ step }) => wanted.has(step)))
      const asked = { runIds, key: 'loss', maxResults }
      const written = await tracking.writeAnswer(chart, 'historySteps', asked)
      const { metrics } = JSON.parse(Buffer.from(written).toString()) as {
        readonly metrics: readonly object[]
      }
      expect(metrics).toEqual(
        expected.flatMap((own, run) =>
          own.map(({ at: timestamp, ...rest }) => ({ ...rest, timestamp, run_id: runIds[run] })),
        ),
      )
    }
    await database.close()
  })
})

/** The values of the points that are picked: values count the points here. */
function pick(points: readonly Metric[], most: number): readonly number[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return []
  if (most === 1) return [last.value]
  const span = last.step - first.step
  const found = span + 1 >= most ? overSteps(points, most) : withinSteps(points, most)
  const before = [...new Set(found)].filter((value) => value < last.value)
  return [...before.slice(0, most - 1), last.value]
}

function overSteps(points: readonly Metric[], most: number): readonly number[] {
  const [first = 0, last = 0] = [points[0]?.step, points.at(-1)?.step]
  const wanted = Array.from(
    { length: most - 1 },
    (_none, index) => first + Math.round((index * (last - first)) / (most - 1)),
  )
  let place = 0
  return wanted.flatMap((step) => {
    while ((points[place]?.step ?? Infinity) < step) place += 1
    return points[place]?.value ?? []
  })
}

function withinSteps(points: readonly Metric[], most: number): readonly number[] {
  const [first = 0, last = 0] = [points[0]?.step, points.at(-1)?.step]
  const each = Math.max(1, Math.floor(most / (last - first + 1)))
  return [...Map.groupBy(points, ({ step }) => step).values()].flatMap((own) => {
    const [begun = 0, ended = 0] = [own[0]?.at, own.at(-1)?.at]
    return Array.from({ length: each }, (_none, index) => {
      const at = begun + Math.round((index * (ended - begun)) / each)
      return own.find((point) => point.at >= at)?.value ?? -1
    })
  })
}
