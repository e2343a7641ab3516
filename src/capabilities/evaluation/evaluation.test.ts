import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { type RunGate, runGate } from './evaluation.ts'
import { evaluatePolicySchema } from './schema.ts'
import { findGate, listGates } from './store.ts'

const clock = manualClock(1000)
const events = createEventLog(clock)
let database: Database
beforeEach(async () => {
  database = await testDatabase()
})
afterEach(() => database.close())

const rows = Array.from({ length: 40 }, (_, day) => ({
  at: day,
  label: 100,
  champion: 120 + (day % 5),
  challenger: 105 + (day % 3),
}))

function ask(more: Partial<RunGate> = {}) {
  return runGate(
    { database, publish: events.publish, clock },
    {
      key: 'job_1',
      model: 'births',
      policy: evaluatePolicySchema.parse({ metric: 'mae' }),
      champion: { version: 3 },
      challenger: { version: 4 },
      rows,
      causedBy: 'run_1',
      comparison: [{ name: 'data', champion: 'a1', challenger: 'b2', kind: 'data' }],
      ...more,
    },
  )
}

const decided = () => events.list(database.query, { types: ['evaluation.decided'] })

test('a gate is kept with its evidence and announced', async () => {
  const gate = await ask()
  expect(await findGate(database.query, gate.id)).toEqual(gate)
  expect(gate).toMatchObject({
    at: 1000,
    report: { verdict: 'passed', rows: 40 },
    evidence: { rows },
  })
  expect(await decided()).toMatchObject([
    {
      subject: 'model:births',
      causedBy: 'run_1',
      data: { gate_id: gate.id, champion: 3, challenger: 4, verdict: 'passed', rows: 40 },
    },
  ])
})

test('the same key is one gate and one event, and lets its job complete', async () => {
  const first = await ask()
  const completed: string[] = []
  const again = await ask({
    rows: [],
    alongside: async (_tx, gate) => void completed.push(gate.id),
  })
  expect(again).toEqual(first)
  expect(completed).toEqual([first.id])
  expect(await decided()).toHaveLength(1)
})

test('what fails alongside takes the gate back', async () => {
  const failing = ask({ alongside: () => Promise.reject(new Error('fenced')) })
  await expect(failing).rejects.toThrow('fenced')
  expect(await listGates(database.query)).toEqual([])
  expect(await decided()).toEqual([])
})

test('lists are newest first, by model, challenger and verdict', async () => {
  const first = await ask()
  const second = await ask({
    key: 'job_2',
    challenger: { version: 5 },
    rows: [],
    causedBy: 'run_2',
  })
  await ask({ key: 'job_3', model: 'price' })
  const ids = async (filter: Parameters<typeof listGates>[1]) =>
    (await listGates(database.query, filter)).map(({ id }) => id)
  expect(await ids({ model: 'births' })).toEqual([second.id, first.id])
  expect(await ids({ model: 'births', before: second.id })).toEqual([first.id])
  expect(await ids({ model: 'births', challenger: 5 })).toEqual([second.id])
  expect(await ids({ model: 'births', verdict: 'inconclusive' })).toEqual([second.id])
  expect(await ids({ causedBy: 'run_1', limit: 1 })).toHaveLength(1)
})

test('a misspelt column is refused before anything is kept', async () => {
  const policy = evaluatePolicySchema.parse({
    metric: 'mae',
    slices: [{ column: 'weekdya', in: [0], worse_at_most: 0.1 }],
  })
  const asked = ask({ policy, rows: rows.map((row) => ({ ...row, columns: { weekday: 1 } })) })
  await expect(asked).rejects.toMatchObject({
    code: 'GATE_COLUMN_MISSING',
    detail: 'no row has "weekdya"; the rows have weekday',
  })
  expect(await listGates(database.query)).toEqual([])
})
