import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/base/time.ts'
import { createRegistry, type Registry } from '../../src/capabilities/registry/index.ts'
import {
  createReads,
  createTraces,
  createTracking,
  type Traces,
  type Tracking,
} from '../../src/capabilities/tracking/index.ts'
import { historyRecords, runRecords } from '../../src/edges/http/csv-answers.ts'
import { toJson } from '../../src/edges/mlflow/json.ts'
import {
  chart,
  historyOfMany,
  historyPage,
  loggedModelPage,
  modelPage,
  runPage,
  tracePage,
  versionPage,
} from '../../src/edges/mlflow/read-answers.ts'
import { runShape } from '../../src/edges/mlflow/tracking-shapes.ts'
import { createEventLog } from '../../src/events/index.ts'
import { localBlobs } from '../../src/storage/blobs/index.ts'
import { testDatabase } from '../../src/storage/database/database.testing.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { deadly, faulty } from '../fixtures/answers.ts'

// What is read beside the writer, in a thread, is what would be read here; and always with what was acknowledged.

const POINTS = 600
const ALL = { experimentIds: ['0'] }

let database: Database
let threaded: Tracking
let here: Tracking
const runIds: string[] = []

beforeAll(async () => {
  database = await testDatabase()
  threaded = open({ runs: 1, points: 1 })
  here = open({ runs: 1e9, points: 1e9 })
  for (const values of fc.sample(valuesOfRun(), { numRuns: 40, seed: 11 })) {
    const { id } = await here.createRun({ experimentId: '0', startTime: runIds.length })
    await here.logBatch(id, values)
    runIds.push(id)
  }
  const metrics = fc
    .sample(fc.double(), { numRuns: POINTS, seed: 5 })
    .map((value, step) => ({ key: 'loss', value, step, at: 2 * step }))
  await here.logBatch(first(), { metrics })
  await here.logInputs(first(), {
    datasets: [{ dataset: DATASET, tags: [{ key: 'mlflow.data.context', value: 'train "1"' }] }],
    models: [],
  })
})
afterAll(() => database.close())

const DATASET = {
  name: 'd',
  digest: '1',
  sourceType: 'local',
  source: '{}',
  schema: null,
  profile: null,
}

function open(threadFrom: { readonly runs: number; readonly points: number }): Tracking {
  const clock = manualClock(0)
  return createTracking({ database, clock, publish: createEventLog(clock).publish, threadFrom })
}

function first(): string {
  return runIds[0] ?? ''
}

function valuesOfRun() {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const key = fc.stringMatching(/^[a-zé]([a-z0-9_ :-]{0,10}[a-z])?$/u)
  const pairs = fc.uniqueArray(fc.record({ key, value: text }), { selector: ({ key: one }) => one })
  const metric = fc.record({
    key,
    value: fc.double(),
    at: fc.nat(),
    step: fc.integer({ min: -5, max: 5 }),
  })
  return fc.record({
    params: pairs,
    tags: pairs,
    metrics: fc.uniqueArray(metric, { selector: ({ key: one }) => one }),
  })
}

interface Others {
  readonly tracking: Tracking
  readonly traces: Traces
  readonly registry: Registry
}

function openOthers(tracking: Tracking): Others {
  const clock = manualClock(0)
  const threadFrom = { runs: tracking === threaded ? 1 : 1e9, points: 1e9 }
  const { publish } = createEventLog(clock)
  const deps = { database, clock, publish, reads: createReads({ database, threadFrom }) }
  const registry = createRegistry({
    ...deps,
    blobs: localBlobs('/nowhere'),
    findLoggedModel: tracking.findLoggedModelSource,
    localArtifacts: () => null,
  })
  return { tracking, traces: createTraces(deps), registry }
}

async function fill({ tracking, traces, registry }: Others): Promise<void> {
  for (const [index, kind] of ['b', 'a', 'b', 'b'].entries()) {
    const tags = [{ key: 'kind', value: kind }]
    await tracking.createLoggedModel({ experimentId: '0', name: `logged ${index}`, tags })
    const begun = { experimentId: '0', at: index, metadata: {}, tags: { kind } }
    await traces.begin(begun)
    await registry.createVersion({ model: `model ${kind}`, source: 's3://bucket/model' })
  }
  await registry.createVersion({ model: 'model a', source: 's3://bucket/model' })
}

const parsed = (json: string | Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(json as string).toString()) as Record<string, unknown>

/** Lists of named values have no order that means something. */
const sorted = (runs: unknown): unknown =>
  (runs as readonly { data: { metrics?: readonly { key: string }[] } }[]).map((run) => ({
    ...run,
    data: { ...run.data, metrics: run.data.metrics?.toSorted((a, b) => (a.key < b.key ? -1 : 1)) },
  }))

describe('an answer that is written in the thread', () => {
  it('is that of runs as they are read one by one', async () => {
    const written = await threaded.writeAnswer(runPage, 'searchRuns', { ...ALL, maxResults: 30 })
    const { runs, next_page_token } = parsed(written)
    expect(next_page_token).toEqual(expect.any(String))
    const expected: unknown[] = []
    for (const id of runIds.toReversed().slice(0, 30))
      expected.push(parsed(toJson(runShape(await here.getRun(id)))))
    expect(sorted(runs)).toEqual(expected)
  })

  it('is that which is written here', async () => {
    const both = async (ask: (tracking: Tracking) => Promise<Uint8Array>) => {
      const [one, other] = [await ask(threaded), await ask(here)]
      expect(new TextDecoder().decode(one)).toBe(new TextDecoder().decode(other))
      return new TextDecoder().decode(one)
    }
    await both((tracking) => tracking.writeAnswer(runPage, 'searchRuns', ALL))
    const history = { runId: first(), key: 'loss' }
    const all = await both((tracking) => tracking.writeAnswer(historyPage, 'history', history))
    expect(parsed(all)['metrics']).toHaveLength(POINTS)
    const window = {
      ...ALL,
      columns: [{ kind: 'metric', key: 'loss' } as const],
      offset: 0,
      limit: 20,
    }
    const records = await both((tracking) =>
      tracking.writeAnswer(runRecords, 'readRunWindow', window),
    )
    expect(records.startsWith('20\n')).toBe(true)
    const rows = { ...history, maxResults: 3 }
    await both((tracking) => tracking.writeAnswer(historyRecords, 'historyRows', rows))
    const bulk = { runIds, key: 'loss' }
    await both((tracking) => tracking.writeAnswer(historyOfMany, 'historyBulk', bulk))
    await both((tracking) =>
      tracking.writeAnswer(chart, 'historySteps', { ...bulk, maxResults: 100 }),
    )
    expect(await threaded.listKeys(['0'])).toEqual(await here.listKeys(['0']))
  })

  it('is that which is written here, of traces, logged models and what is registered', async () => {
    const [beside, alone] = [openOthers(threaded), openOthers(here)]
    await fill(alone)
    const both = async (ask: (others: Others) => Promise<Uint8Array>) => {
      const [one, other] = [await ask(beside), await ask(alone)]
      expect(new TextDecoder().decode(one)).toBe(new TextDecoder().decode(other))
      return parsed(one)
    }
    const filter = "tags.kind = 'b'"
    const traces = { ...ALL, filter, maxResults: 2 }
    const found = await both((others) => others.traces.writeSearch(tracePage, traces))
    expect(found['traces']).toHaveLength(2)
    expect(found['next_page_token']).toEqual(expect.any(String))
    const models = { ...ALL, filter, maxResults: 2, orderBy: [{ field: 'name', ascending: true }] }
    const logged = await both((others) =>
      others.tracking.writeAnswer(loggedModelPage, 'searchLoggedModels', models),
    )
    expect(logged['models']).toHaveLength(2)
    const registered = await both((others) =>
      others.registry.writeModels(modelPage, { filter: "name LIKE 'model%'" }),
    )
    expect(registered['registered_models']).toMatchObject([
      { name: 'model a', latest_versions: [{ version: '2' }] },
      { name: 'model b', latest_versions: [{ version: '3' }] },
    ])
    const versions = { filter: 'version_number > 1', orderBy: ['version_number DESC'] }
    const listed = await both((others) => others.registry.writeVersions(versionPage, versions))
    expect(listed['model_versions']).toMatchObject([
      { name: 'model b', version: '3' },
      { name: 'model a', version: '2' },
      { name: 'model b', version: '2' },
    ])
    const refused = beside.registry.searchVersions({ filter: 'version_number LIKE 1' })
    await expect(refused).rejects.toMatchObject({ code: 'FILTER_INVALID' })
    await expect(beside.traces.search({ ...traces, maxResults: 0 })).rejects.toThrow('max_results')
  })

  it('fails as it would here', async () => {
    const failures = [
      { ...ALL, filter: 'metrics.loss >' },
      { ...ALL, filter: "params.model RLIKE '('" },
      { ...ALL, maxResults: 0 },
      { ...ALL, pageToken: 'none of ours' },
    ]
    for (const asked of failures) {
      const failure = async (tracking: Tracking) =>
        tracking.searchRuns(asked).catch((error) => error)
      const [one, other] = [await failure(threaded), await failure(here)]
      expect(one).toBeInstanceOf(Error)
      expect({ ...one, message: one.message }).toEqual({ ...other, message: other.message })
    }
    const unforeseen = threaded.writeAnswer(faulty, 'searchRuns', ALL)
    await expect(unforeseen).rejects.toThrow('not foreseen')
  })
})

it('finds what was written after it was warmed up', async () => {
  await threaded.warmUp()
  const { id } = await threaded.createRun({ experimentId: '0', name: 'after the warming' })
  const filter = "run_name = 'after the warming'"
  expect((await threaded.searchRuns({ ...ALL, filter })).items.map((run) => run.id)).toEqual([id])
  await threaded.deleteRun(id)
  expect((await threaded.searchRuns({ ...ALL, filter })).items).toEqual([])
})

it('finds all that was acknowledged before it was asked, whoever writes meanwhile', async () => {
  const writer = async (number: number): Promise<void> => {
    const { id } = await threaded.createRun({ experimentId: '0', name: `writer-${number}` })
    for (let step = 0; step < 15; step += 1) {
      const mark = `${number}-${step}`
      await threaded.logBatch(id, {
        metrics: [{ key: 'progress', value: step, step, at: step }],
        tags: [{ key: 'mark', value: mark }],
      })
      const filter = `tags.mark = '${mark}' and metrics.progress = ${step}`
      const { items } = await threaded.searchRuns({ ...ALL, filter, orderBy: ['metrics.progress'] })
      expect(items.map((run) => run.id)).toEqual([id])
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_none, number) => writer(number)))
})

it('takes another thread when one dies, and answers what others had asked of it', async () => {
  await threaded.searchRuns({ ...ALL, orderBy: ['metrics.loss'] })
  const death = threaded.writeAnswer(deadly, 'searchRuns', ALL)
  const beside = Array.from({ length: 3 }, () => threaded.searchRuns(ALL))
  await expect(death).rejects.toMatchObject({ code: 'TRACKING_READ_DIED', status: 503 })
  const [counted] = new Set((await Promise.all(beside)).map(({ items }) => items.length))
  const { id } = await threaded.createRun({ experimentId: '0', name: 'after' })
  await threaded.logBatch(id, { metrics: [{ key: 'loss', value: -1, step: 0, at: 0 }] })
  const { items } = await threaded.searchRuns({ ...ALL, filter: "run_name = 'after'" })
  expect(items.map((run) => run.id)).toEqual([id])
  expect((await threaded.searchRuns(ALL)).items).toHaveLength((counted ?? 0) + 1)
})

it('says that the database is closed, and ends with it', async () => {
  const other = await testDatabase()
  const clock = manualClock(0)
  const { publish } = createEventLog(clock)
  const threadFrom = { runs: 0, points: 0 }
  const tracking = createTracking({ database: other, clock, publish, threadFrom })
  await tracking.searchRuns(ALL)
  const late = tracking.searchRuns(ALL).catch((error: unknown) => error)
  await other.close()
  await late
  await expect(tracking.searchRuns(ALL)).rejects.toThrow(/closed|finalized|not open/)
})
