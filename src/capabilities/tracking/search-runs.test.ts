import { afterAll, beforeAll, expect, it } from 'vitest'
import { manualClock } from '../../base/time.ts'
import { createEventLog } from '../../events/index.ts'
import { testDatabase } from '../../storage/database/database.testing.ts'
import type { Database } from '../../storage/database/port.ts'
import { createTracking, type Tracking } from './index.ts'

let database: Database
let tracking: Tracking
const ids = new Map<string, string>()

beforeAll(async () => {
  database = await testDatabase()
  const clock = manualClock(0)
  tracking = createTracking({ database, clock, publish: createEventLog(clock).publish })
  await log('a', { rmse: 3, params: { model: 'Ridge', 'learning rate': '0.1' }, startTime: 100 })
  await log('b', { rmse: 1, params: { model: 'lasso' }, startTime: 200 })
  await log('c', { rmse: Number.NaN, params: {}, startTime: 300 })
  await log('d', { rmse: null, params: { model: 'Ridge' }, startTime: 400 })
})
afterAll(() => database.close())

interface Logged {
  readonly rmse: number | null
  readonly params: Readonly<Record<string, string>>
  readonly startTime: number
}

async function log(name: string, { rmse, params, startTime }: Logged): Promise<void> {
  const run = await tracking.createRun({ experimentId: '0', name, startTime, userId: 'ada' })
  ids.set(name, run.id)
  await tracking.logBatch(run.id, {
    metrics: rmse === null ? [] : [{ key: 'rmse', value: rmse, step: 0, at: 0 }],
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: [{ key: 'a.b', value: name }],
  })
}

const find = async (filter: string, orderBy: readonly string[] = ['run_name']) => {
  const { items } = await tracking.searchRuns({ experimentIds: ['0'], filter, orderBy })
  return items.map((run) => run.name).join('')
}

it.each([
  ['', 'abcd'],
  ['metrics.rmse < 2', 'b'],
  ['metrics.rmse<=3', 'ab'],
  ['metric.rmse != 3', 'b'],
  ['metrics.rmse > -1e9', 'ab'],
  ["params.model = 'Ridge'", 'ad'],
  ['params.model = "Ridge"', 'ad'],
  ["params.model LIKE 'ridge'", ''],
  ["params.model LIKE 'R_d%'", 'ad'],
  ["params.model ILIKE 'ridge'", 'ad'],
  ["params.model LIKE '*'", ''],
  ["params.model != 'Ridge'", 'b'],
  ['params.model IS NULL', 'c'],
  ['params.model is not null', 'abd'],
  ['params."learning rate" = \'0.1\'', 'a'],
  ["params.`learning rate` = '0.1'", 'a'],
  ["tags.a.b = 'c'", 'c'],
  ["tag.`a.b` = 'c'", 'c'],
  ["attributes.run_name = 'a'", 'a'],
  ['run.start_time >= 300', 'cd'],
  ["status = 'RUNNING' AND attr.user_id = 'ada' and start_time < 200", 'a'],
  ['"Run Name" = \'d\'', 'd'],
  ["params.model = 'Ridge' AND metrics.rmse = 3.0", 'a'],
  ["params.model = 'it''s'", ''],
  ["tags.x = '; drop table tracking_runs'", ''],
])('finds by %j', async (filter, expected) => {
  expect(await find(filter)).toBe(expected)
})

it('finds by a list of ids', async () => {
  expect(await find(`run_id IN ('${ids.get('a')}', '${ids.get('d')}')`)).toBe('ad')
  expect(await find(`attributes.run_id NOT IN ('${ids.get('a')}')`)).toBe('bcd')
})

it.each([
  'metrics.rmse',
  'metrics.rmse <',
  "metrics.rmse < '2'",
  'metrics.rmse LIKE 2',
  'params.model = Ridge',
  'params.model = 5',
  "params.model > 'a'",
  "params.model IN ('a')",
  "status IN ('RUNNING')",
  "params.model = 'a' OR params.model = 'b'",
  "(params.model = 'a')",
  "params.model = 'a' AND",
  "params.model = 'a",
  "nonsense.x = 'a'",
  "nonsense = 'a'",
  'run_id IN ()',
  "run_id IN ('a'",
  'metrics.rmse IS NULL',
  '1 = 1',
  "params.model = 'a'; select 1",
])('refuses %j', async (filter) => {
  await expect(find(filter)).rejects.toMatchObject({ code: 'FILTER_INVALID' })
})

it.each([
  ['metrics.rmse', 'bacd'],
  ['metrics.rmse ASC', 'bacd'],
  ['metrics.rmse DESC', 'abcd'],
  ['params.model desc', 'bdac'],
  ['start_time DESC', 'dcba'],
])('orders by %j: values, then NaN, then missing', async (order, expected) => {
  expect(await find('', [order])).toBe(expected)
})

it('refuses an order that repeats a field or has no direction', async () => {
  for (const orders of [
    ['run_name', 'run_name desc'],
    ['run_name sideways'],
    ['run_name asc x'],
    ['`tags`.x'],
  ])
    await expect(find('', orders)).rejects.toMatchObject({ code: 'FILTER_INVALID' })
})

it('turns pages, newest first, and shows the deleted when asked', async () => {
  const names: string[] = []
  let pageToken: string | undefined
  do {
    const page = await tracking.searchRuns({ experimentIds: ['0'], maxResults: 3, pageToken })
    names.push(...page.items.map((run) => run.name))
    pageToken = page.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  expect(names.join('')).toBe('dcba')
  await tracking.deleteRun(ids.get('a') ?? '')
  const view = async (lifecycle: 'active' | 'deleted' | 'all') =>
    (await tracking.searchRuns({ experimentIds: ['0'], view: lifecycle })).items.length
  expect([await view('active'), await view('deleted'), await view('all')]).toEqual([3, 1, 4])
  await tracking.restoreRun(ids.get('a') ?? '')
  expect((await tracking.searchRuns({ experimentIds: ['7', 'x'] })).items).toEqual([])
})

it('names the keys in use, for the completion of filters', async () => {
  expect(await tracking.listKeys(['0'])).toEqual({
    metrics: ['rmse'],
    params: ['learning rate', 'model'],
    tags: ['a.b', 'mlflow.runName', 'mlflow.user'],
  })
  expect(await tracking.listKeys(['77', 'x'])).toEqual({ metrics: [], params: [], tags: [] })
})
