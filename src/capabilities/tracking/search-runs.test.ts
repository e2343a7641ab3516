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
  const earlier = [{ key: 'rmse', value: 9, step: -1, at: 0 }]
  await tracking.logBatch(ids.get('a') ?? '', { metrics: earlier })
  await log('b', { rmse: 1, params: { model: 'lasso' }, startTime: 200 })
  const parent = [{ key: 'mlflow.parentRunId', value: ids.get('a') ?? '' }]
  await tracking.logBatch(ids.get('b') ?? '', { tags: parent })
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

// What MLflow's grammar lacks.
it.each([
  ["params.model = 'lasso' OR metrics.rmse = 3", 'ab'],
  ["metrics.rmse = 1 or metrics.rmse = 3 and params.model = 'lasso'", 'b'],
  ["(metrics.rmse = 1 or metrics.rmse = 3) and params.model = 'Ridge'", 'a'],
  ["NOT params.model = 'Ridge'", 'bc'],
  ["not (params.model = 'Ridge' and run_name = 'a')", 'bcd'],
  ['NOT metrics.rmse < 2', 'acd'],
  ['metrics.rmse IS NULL', 'd'],
  ['metrics.rmse IS NOT NULL', 'abc'],
  ['NOT end_time > 5', 'abcd'],
  ['end_time IS NULL', 'abcd'],
  ["params.model IN ('Ridge', 'elastic')", 'ad'],
  ["params.model NOT IN ('Ridge')", 'b'],
  ["status IN ('RUNNING')", 'abcd'],
  ['metrics.rmse IN (1, 3.0)', 'ab'],
  ['start_time NOT IN (100, 200)', 'cd'],
  ["params.model RLIKE '^R.*e$'", 'ad'],
  ["params.model RLIKE '(?i)LASSO|nothing'", 'b'],
  ["run_name RLIKE '[b-c]'", 'bc'],
  ['min(metrics.rmse) < 2', 'b'],
  ['max(metrics.rmse) = 9', 'a'],
  ['best(metrics.rmse) < 4', 'ab'],
  ['count(metrics.rmse) > 1', 'a'],
  ['last(metrics.rmse) = 3', 'a'],
  ["'RIDG'", 'ad'],
  ['"ridge" and \'a\'', 'ad'],
  ["not 'ridge'", 'bc'],
  ["'100%'", ''],
  ['children > 0', 'a'],
  ['children = 0', 'bcd'],
  ['parent IS NULL', 'acd'],
])('finds by %j, beyond MLflow', async (filter, expected) => {
  expect(await find(filter)).toBe(expected)
})

it('finds the parts of a run', async () => {
  expect(await find(`parent = '${ids.get('a')}'`)).toBe('b')
  expect(await find(`parent IN ('${ids.get('a')?.toUpperCase()}')`)).toBe('b')
  expect(await find(`parent = '${ids.get('b')}'`)).toBe('')
})

it.each([
  ["params.model = 'a' XOR status = 'x'", 'Column 20'],
  ['metrics.rmse ~ 2', 'Column 14: expected a comparison'],
  ["status = 'RUNNING' and (nonsense = 'a')", 'Column 25.'],
  ["run_name = 'a' and params.model > 'x'", "Invalid comparator '>'"],
  ["run_name = 'a' and params.model > 'x'", 'Column 20.'],
  ["status = 'RUNNING' and params.model RLIKE '('", 'Column 24.'],
  ["(status = 'RUNNING'", "expected ')', found the end"],
])('says where %j cannot be read', async (filter, place) => {
  await expect(find(filter)).rejects.toMatchObject({ detail: expect.stringContaining(place) })
})

it('is not held up by an expression that was made to take long', async () => {
  const startedAt = performance.now()
  const run = await tracking.createRun({ experimentId: '0', name: 'z' })
  await tracking.logBatch(run.id, { params: [{ key: 'long', value: 'a'.repeat(5000) }] })
  expect(await find("params.long RLIKE '^(a+)+$' and not params.long RLIKE '^(a|a)*b$'")).toBe('z')
  expect(performance.now() - startedAt).toBeLessThan(2000)
  await tracking.deleteRun(run.id)
  await expect(find(`params.long RLIKE '${'a'.repeat(1001)}'`)).rejects.toMatchObject({
    code: 'FILTER_INVALID',
  })
  await expect(find('('.repeat(60))).rejects.toMatchObject({ code: 'FILTER_INVALID' })
})

it('finds by a list of ids', async () => {
  expect(await find(`run_id IN ('${ids.get('a')}', '${ids.get('d')}')`)).toBe('ad')
  expect(await find(`run_id IN ('${ids.get('a')?.toUpperCase()}')`)).toBe('a')
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
  "params.model = 'a' AND",
  "params.model = 'a",
  "nonsense.x = 'a'",
  "nonsense = 'a'",
  'run_id IN ()',
  "run_id IN ('a'",
  '1 = 1',
  "params.model = 'a'; select 1",
  "params.model = 'a' OR",
  "(params.model = 'a'",
  "params.model = 'a')",
  'NOT',
  "min(params.model) = 'a'",
  'min(metrics.rmse < 2',
  "params.model RLIKE '('",
  "params.model RLIKE 'a++'",
  'metrics.rmse RLIKE 2',
  'status IS NULL',
  "params.model IN ('a', 5)",
  "metrics.rmse IN ('a')",
])('refuses %j', async (filter) => {
  await expect(find(filter)).rejects.toMatchObject({ code: 'FILTER_INVALID' })
})

it.each([
  ['metrics.rmse', 'bacd'],
  ['metrics.rmse ASC', 'bacd'],
  ['metrics.rmse DESC', 'abcd'],
  ['params.model desc', 'bdac'],
  ['start_time DESC', 'dcba'],
  ['max(metrics.rmse) DESC', 'abdc'],
  ['children DESC', 'adcb'],
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
  expect([await view('active'), await view('deleted'), await view('all')]).toEqual([3, 2, 5])
  await tracking.restoreRun(ids.get('a') ?? '')
  expect((await tracking.searchRuns({ experimentIds: ['7', 'x'] })).items).toEqual([])
})

it('names the keys in use, for the completion of filters', async () => {
  expect(await tracking.listKeys(['0'])).toEqual({
    metrics: ['rmse'],
    params: ['learning rate', 'long', 'model'],
    tags: ['a.b', 'mlflow.parentRunId', 'mlflow.runName', 'mlflow.user'],
  })
  expect(await tracking.listKeys(['77', 'x'])).toEqual({ metrics: [], params: [], tags: [] })
})
