import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Span } from '../../capabilities/tracking/index.ts'
import { openWorld, type World } from './api-world.testing.ts'
import * as contract from './contract.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const MS = 1_000_000n
const TRACE = 'ab'.repeat(16)

function span(name: string, parent: string | null, more: Partial<Span> = {}): Span {
  return {
    traceId: TRACE,
    spanId: idOf(name),
    parentId: parent === null ? null : idOf(parent),
    name,
    startNs: 1000n * MS,
    endNs: 1010n * MS,
    status: 'OK',
    message: '',
    attributes: {},
    events: [],
    links: [],
    ...more,
  }
}

function idOf(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(16, '0').slice(0, 16)
}

async function log(spans: readonly Span[]): Promise<void> {
  await world.traces.logSpans({ experimentId: '0', spans, resources: new Map() })
}

it('tells traces with their steps in order, each below what it is a part of', async () => {
  await log([
    span('late', 'root', { startNs: 1006n * MS }),
    span('root', null, {
      attributes: {
        'mlflow.spanInputs': '{"question":"<b>how</b> many?"}',
        'mlflow.spanOutputs': '"9,000"',
        'mlflow.spanType': '"CHAIN"',
        'mlflow.traceName': 'answer',
      },
    }),
    span('inner', 'early', { startNs: 1002n * MS, endNs: null }),
    span('early', 'root', {
      startNs: 1001n * MS,
      endNs: 1002n * MS + 500_000n,
      status: 'ERROR',
      message: 'no index',
      attributes: { k: 3n },
      events: [{ name: 'exception', atNs: 1002n * MS, attributes: { why: 'gone' } }],
    }),
    span('orphan', 'never came', { startNs: 1009n * MS }),
  ])
  const { items } = await world.read(contract.traceListSchema, '/traces')
  expect(items).toMatchObject([{ id: `tr-${TRACE}`, duration_ms: 10, experiment_id: '0' }])
  expect(items[0]).toMatchObject({
    request: '{ "question": "<b>how</b> many?" }',
    response: '9,000',
  })
  const trace = await world.read(contract.traceSchema, `/traces/tr-${TRACE}`)
  expect(trace.spans.map(({ name, depth, start_ms }) => [name, depth, start_ms])).toEqual([
    ['root', 0, 0],
    ['early', 1, 1],
    ['inner', 2, 2],
    ['late', 1, 6],
    ['orphan', 0, 9],
  ])
  expect(trace.spans[0]).toMatchObject({
    type: 'CHAIN',
    inputs: '{\n  "question": "<b>how</b> many?"\n}',
    outputs: '9,000',
  })
  expect(trace.spans[1]).toMatchObject({
    duration_ms: 1.5,
    message: 'no index',
    attributes: [{ key: 'k', value: '3' }],
    events: [{ name: 'exception', at_ms: 2, text: 'why: gone' }],
  })
})

it('finds them by what their steps contain, by state and by MLflow’s language', async () => {
  await log([span('root', null, { attributes: { 'mlflow.spanInputs': '"it\'s births"' } })])
  const found = async (query: string) =>
    (await world.read(contract.traceListSchema, `/traces?${query}`)).items.length
  expect(await found("text=IT'S")).toBe(1)
  expect(await found('text=deaths')).toBe(0)
  expect(await found('text=births&state=OK&experiment=0')).toBe(1)
  expect(await found('state=ERROR')).toBe(0)
  expect(await found('experiment=7')).toBe(0)
  const run = await world.tracking.createRun({ experimentId: '0', name: 'r', startTime: 1 })
  expect(await found(`run=${run.id}`)).toBe(0)
  await world.traces.linkToRun([`tr-${TRACE}`], run.id)
  expect(await found(`run=${run.id}`)).toBe(1)
  const linked = await world.read(contract.traceListSchema, '/traces')
  expect(linked.items.map(({ name, run_id: id }) => [name, id])).toEqual([['root', run.id]])
  expect(await world.read(contract.traceSchema, `/traces/tr-${TRACE}`)).toMatchObject({
    run_id: run.id,
  })
  expect((await world.request('GET', "/traces?run=x' OR 1=1")).statusCode).toBe(400)
  expect(await found(`filter=${encodeURIComponent("span.name = 'root'")}`)).toBe(1)
  const wrong = await world.request('GET', '/traces?filter=colour')
  expect(wrong.json()).toMatchObject({ status: 400, code: 'FILTER_INVALID' })
  expect((await world.request('GET', `/traces/tr-${'0'.repeat(32)}`)).statusCode).toBe(404)
})

it('shows a step once that is its own ancestor', async () => {
  await log([span('a', 'b'), span('b', 'a'), span('root', null)])
  const { spans } = await world.read(contract.traceSchema, `/traces/tr-${TRACE}`)
  expect(spans.map(({ name, depth }) => [name, depth])).toEqual([
    ['root', 0],
    ['a', 0],
    ['b', 1],
  ])
})
