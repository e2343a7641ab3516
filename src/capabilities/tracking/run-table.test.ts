import { afterAll, beforeAll, expect, it } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { createTracking, PARENT_TAG, type RunWindow, type Tracking } from './index.ts'

let database: Database
let tracking: Tracking
const ids: string[] = []

beforeAll(async () => {
  database = await testDatabase()
  const clock = manualClock(1_000)
  tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
  for (let index = 0; index < 12; index++) {
    const parent = index >= 10 ? [{ key: PARENT_TAG, value: ids[0] ?? '' }] : []
    const run = await tracking.createRun({
      experimentId: '0',
      startTime: index,
      name: `r${index}`,
      tags: parent,
    })
    ids.push(run.id)
    const value = index === 3 ? Number.NaN : index / 10
    await tracking.logBatch(run.id, {
      params: index === 5 ? [] : [{ key: 'model', value: index % 2 === 0 ? 'ridge' : 'forest' }],
      metrics: [{ key: 'rmse', value, at: 1, step: 0 }],
    })
  }
})
afterAll(() => database.close())

const window = (search: Partial<RunWindow>) =>
  tracking.readRunWindow({ experimentIds: ['0'], offset: 0, limit: 100, columns: [], ...search })

it('reads the part of the list that is looked at, with the values of the columns only', async () => {
  const { rows, total } = await window({
    offset: 2,
    limit: 3,
    columns: [
      { kind: 'metric', key: 'rmse' },
      { kind: 'tag', key: 'none' },
      { kind: 'param', key: 'model' },
    ],
  })
  expect(total).toBe(12)
  expect(rows.map(({ name }) => name)).toEqual(['r9', 'r8', 'r7'])
  expect(rows[0]?.values).toEqual([0.9, null, 'forest'])
  const found = await window({ filter: 'metrics.rmse > 0.75', orderBy: ['metrics.rmse'], limit: 2 })
  expect(found.rows.map(({ name }) => name)).toEqual(['r8', 'r9'])
  expect(found.total).toBe(4)
  expect(await window({ experimentIds: ['x'] })).toEqual({ rows: [], total: 0 })
  await expect(window({ filter: 'metrics.rmse >' })).rejects.toMatchObject({
    code: 'FILTER_INVALID',
  })
})

it('knows parents and children', async () => {
  const top = await window({ parent: 'none', nested: true })
  expect(top.total).toBe(10)
  expect(top.rows.at(-1)).toMatchObject({ name: 'r0', children: 2, parentId: null })
  const children = await window({ parent: ids[0] })
  expect(children.rows.map(({ name, parentId }) => [name, parentId])).toEqual([
    ['r11', ids[0]],
    ['r10', ids[0]],
  ])
  expect(await tracking.countChildren(ids[0] ?? '')).toBe(2)
})

it('groups by a param, with means that leave NaN out', async () => {
  const by = { kind: 'param', key: 'model' } as const
  const groups = await tracking.groupRuns({ experimentIds: ['0'], by, metrics: ['rmse', 'no'] })
  expect(groups.map(({ value, runs }) => [value, runs])).toEqual([
    ['ridge', 6],
    ['forest', 5],
    [null, 1],
  ])
  expect(groups[0]?.means).toEqual([expect.closeTo(0.5), null])
  expect(groups[1]?.means[0]).toBeCloseTo((0.1 + 0.7 + 0.9 + 1.1) / 4)
  const without = await window({ group: { column: by, value: null } })
  expect(without.rows.map(({ name }) => name)).toEqual(['r5'])
  expect((await window({ group: { column: by, value: 'ridge' } })).total).toBe(6)
  const metric = { kind: 'metric', key: 'rmse' } as const
  await expect(
    tracking.groupRuns({ experimentIds: ['0'], by: metric, metrics: [] }),
  ).rejects.toMatchObject({ code: 'TRACKING_INVALID' })
})

it('counts the runs of each experiment', async () => {
  await tracking.deleteRun(ids[1] ?? '')
  const counts = await tracking.countRunsByExperiment()
  expect([...counts]).toEqual([['0', { active: 11, deleted: 1, lastStart: 11 }]])
})
