import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/base/time.ts'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { type MlflowWorld, openMlflowWorld } from '../../src/edges/mlflow/world.testing.ts'
import { runMlflowClient } from './mlflow-python.ts'
import { OTLP_EXPORTER, tools } from './tools.ts'

let world: MlflowWorld
beforeAll(async () => {
  world = await openMlflowWorld(systemClock)
})
afterAll(() => world.close())

it(`traces with the unmodified mlflow ${MLFLOW_VERSION}: nested functions, search, tags, feedback, deletion`, async () => {
  const { root, folder, faults } = world
  const read = await runMlflowClient({ script: 'mlflow-traces.py', server: root, cwd: folder })
  expect(faults).toEqual([])
  const { inside_run: inside, failed } = read
  expect(read).toMatchObject({
    found: [failed, inside],
    spans: ['answer', 'retrieve'],
    child: {
      parent: true,
      inputs: { question: 'how many births?' },
      outputs: ['HOW MANY BIRTHS?'],
      index: 'births',
      k: 3,
    },
    events: ['exception'],
    state: 'OK',
    preview: '{"question": "how many births?"}',
    changed: [false, 'checked again'],
    expected: { count: 12 },
    pages: [failed, inside],
    left: [['births'], null],
    deleted: 1,
    after: [inside],
  })
  expect(read['searches']).toEqual({
    'by run': [inside],
    'by tag': [inside],
    'by status': [failed],
    'by name': [inside],
    'by one span': [inside],
    'by two spans': [],
    'by attribute': [inside],
    'by text': [inside],
    'by feedback': [inside],
    'by time': [inside, failed],
  })
})

it(`takes what ${OTLP_EXPORTER} sends, packed by gzip`, async () => {
  const experiment = await world.tracking.createExperiment({ name: 'exported' })
  const python = tools.pythonOfOtlp()
  const script = fileURLToPath(new URL('otlp-exporter.py', import.meta.url))
  await promisify(execFile)(python, [script, world.root, experiment])
  const { items } = await world.traces.search({ experimentIds: [experiment], maxResults: 10 })
  expect(items).toMatchObject([{ state: 'ERROR', tags: { 'service.name': 'shop' } }])
  const { spans } = await world.traces.get(items[0]?.id ?? '', false)
  expect(spans).toMatchObject([
    {
      name: 'order',
      status: 'ERROR',
      message: 'ValueError: sold out',
      events: [{ name: 'exception' }],
    },
    { name: 'pay', attributes: { amount: 9_007_199_254_740_993n, rate: 1, cards: ['a', 'b'] } },
  ])
})
