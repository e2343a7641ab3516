import { expect, test } from 'vitest'
import { pipelineErrors } from './errors.ts'
import { type OnError, runSchedule } from './scheduler.ts'
import type { Stage } from './schema.ts'
import { testStage } from './stage.testing.ts'

interface Asked {
  readonly cores?: number
  readonly onError?: OnError
  readonly work?: (stage: Stage, free: () => void) => Promise<string>
  readonly waitsForAll?: (stage: Stage) => boolean
}

/** Stages by name, each with those that it waits for. */
const schedule = (
  stages: Readonly<Record<string, readonly string[]>>,
  { cores = 2, onError = 'fail', work = done, waitsForAll = () => false }: Asked = {},
) => {
  const order = Object.keys(stages).map((name) => testStage({ name }))
  const plan = { order, upstream: new Map(Object.entries(stages)) }
  const capacity = { cores, memoryBytes: 1, gpus: 0 }
  return runSchedule({ plan, capacity, onError, signal: undefined, work, waitsForAll })
}

const done = async ({ address }: Stage): Promise<string> => address
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('no more than there is room for run at a time, in the order of the plan', async () => {
  const told: string[] = []
  let running = 0
  const work = async ({ address }: Stage): Promise<string> => {
    expect(++running).toBeLessThanOrEqual(2)
    told.push(address)
    await turn()
    running--
    return address
  }
  const { done: all } = await schedule({ a: [], b: ['d'], c: [], d: [], e: ['a'] }, { work })
  expect(told).toEqual(['a', 'c', 'd', 'e', 'b'])
  expect(all).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('what reads an output starts when it is freed; what looks at records waits until they are written', async () => {
  const told: string[] = []
  const work = async ({ address }: Stage, free: () => void): Promise<string> => {
    told.push(`${address} starts`)
    free()
    await turn()
    told.push(`${address} ends`)
    return address
  }
  const waitsForAll = ({ name }: Stage): boolean => name === 'c'
  await schedule({ a: [], b: ['a'], c: ['b'] }, { work, waitsForAll })
  expect(told).toEqual(['a starts', 'b starts', 'a ends', 'b ends', 'c starts', 'c ends'])
})

test.each([
  ['fail', [], []],
  ['keep-going', ['d'], ['b', 'c']],
  ['ignore', ['b', 'c', 'd'], []],
] as const)('%s after a failure: %j done, %j left out', async (onError, expected, left) => {
  const work = async ({ address }: Stage): Promise<string> => {
    if (address === 'a') throw pipelineErrors.PIPELINE_STAGE_FAILED({ detail: 'no' })
    return address
  }
  const graph = { a: [], b: ['a'], c: ['b'], d: [] }
  const result = await schedule(graph, { onError, work, cores: 1 })
  expect(result.failures).toMatchObject([{ stage: 'a', error: { code: 'PIPELINE_STAGE_FAILED' } }])
  expect([result.done, result.blocked]).toEqual([expected, left])
})

test.each([
  ['a chain', (index: number) => (index === 0 ? [] : [`s${index - 1}`])],
  ['stages that wait for one', (index: number) => (index === 0 ? [] : ['s0'])],
] as const)('%s of fifty thousand is worked through', async (_, upstream) => {
  const names = Array.from({ length: 50_000 }, (__, index) => [`s${index}`, upstream(index)])
  const { done: all } = await schedule(Object.fromEntries(names))
  expect(all).toHaveLength(50_000)
})
