import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/base/time.ts'
import { createTracking, type Run, type Tracking } from '../../src/capabilities/tracking/index.ts'
import { createEventLog } from '../../src/events/index.ts'
import type { Database } from '../../src/storage/database/port.ts'
import { databases } from '../databases.ts'
import { type Condition, matches, textOf } from './naive-search.ts'
import { inOrder, type Ordering, orderText } from './naive-order.ts'

// The search, whatever indexes it walks, finds what a loop over all runs in memory finds, in the same order.

const RUNS = 120
const METRICS = ['loss', 'acc']
const PARAMS = ['model', 'depth']
const VALUES = ['ridge', 'Ridge', 'lasso', '10%', 'a_b', '3']

const HERE = 1_000_000

// PostgreSQL has its readers elsewhere, whatever there is to look at.
const ways = databases.flatMap((database) =>
  (database.name === 'SQLite' ? [1, HERE] : [HERE]).map((from) => ({
    ...database,
    from,
    how: from === HERE ? 'here' : 'in a thread',
  })),
)

describe.each(ways)('search on $name, $how', ({ open, from }) => {
  let database: Database
  let tracking: Tracking
  let runs: readonly Run[]
  const history = new Map<string, readonly number[]>()
  beforeAll(async () => {
    database = await open()
    const clock = manualClock(0)
    tracking = createTracking({
      database,
      clock,
      publish: createEventLog(clock).publish,
      threadFrom: { runs: from, points: from },
    })
    runs = await logRuns(tracking, history)
  })
  afterAll(() => database.close())

  const search = async (filter: string, orderBy: readonly string[], size: number) => {
    const found: string[] = []
    let pageToken: string | undefined
    do {
      const asked = { experimentIds: ['0'], filter, orderBy, maxResults: size, pageToken }
      const page = await tracking.searchRuns(asked)
      found.push(...page.items.map(({ name }) => name))
      pageToken = page.nextPageToken ?? undefined
    } while (pageToken !== undefined)
    return found
  }

  it('finds what a loop finds, in its order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        condition(3),
        orderingsOf(),
        fc.integer({ min: 1, max: 50 }),
        async (asked, orders, size) => {
          const expected = runs.filter((run) => matches(asked, { run, history }))
          const sorted = expected.toSorted(inOrder(orders)).map(({ name }) => name)
          expect(await search(textOf(asked), orders.map(orderText), size)).toEqual(sorted)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('groups and counts what a loop groups and counts', async () => {
    const by = { kind: 'param', key: 'model' } as const
    await fc.assert(
      fc.asyncProperty(condition(2), async (asked) => {
        const chosen = { experimentIds: ['0'], filter: textOf(asked) }
        const expected = runs.filter((run) => matches(asked, { run, history }))
        const groups = await tracking.groupRuns({ ...chosen, by, metrics: METRICS })
        expect(groups.map(({ runs: size }) => size)).toEqual(
          groups.map(({ runs: size }) => size).toSorted((one, other) => other - one),
        )
        expect(new Map(groups.map(({ value, ...rest }) => [value, rest]))).toEqual(
          groupedBy(expected),
        )
        const group = { column: by, value: groups[0]?.value ?? null }
        const window = await tracking.readRunWindow({
          ...chosen,
          group,
          parent: 'none',
          offset: 1,
          limit: 3,
          columns: [by],
        })
        const inGroup = expected.filter(({ params }) => (params['model'] ?? null) === group.value)
        expect(window.total).toBe(inGroup.length)
        expect(window.rows.map(({ id }) => id)).toEqual(
          inGroup
            .toSorted(inOrder([]))
            .slice(1, 4)
            .map(({ id }) => id),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('finds what was just written, moved or deleted', async () => {
    const [one, other] = runs
    if (one === undefined || other === undefined) throw new Error('no runs')
    const filter = "metrics.fresh > 1 and tags.mark = 'yes'"
    expect(await search(filter, ['metrics.fresh'], 10)).toEqual([])
    const metric = (value: number, step: number) => ({ key: 'fresh', value, step, at: step })
    const tags = [{ key: 'mark', value: 'yes' }]
    await tracking.logBatch(one.id, { metrics: [metric(2, 0)], tags })
    await tracking.logBatch(other.id, { metrics: [metric(3, 0)], tags })
    expect(await search(filter, ['metrics.fresh DESC'], 1)).toEqual([other.name, one.name])
    await tracking.logBatch(one.id, { metrics: [metric(9, 1)] })
    expect(await search(filter, ['metrics.fresh DESC'], 10)).toEqual([one.name, other.name])
    await tracking.deleteTag(other.id, 'mark')
    expect(await search(filter, [], 10)).toEqual([one.name])
    await tracking.deleteRun(one.id)
    expect(await search(filter, [], 10)).toEqual([])
    await tracking.restoreRun(one.id)
    await expect(
      tracking.logBatch(one.id, { metrics: [metric(0, 2)], params: [{ key: 'a//b', value: '' }] }),
    ).rejects.toThrow('a//b')
    expect(await search(filter, [], 10)).toEqual([one.name])
    const { id } = await tracking.createRun({ experimentId: '0', name: 'newest', tags })
    await tracking.logBatch(id, { metrics: [metric(5, 0)] })
    expect(await search(filter, ['metrics.fresh'], 10)).toEqual(['newest', one.name])
  })

  it('finds words that were just written, renamed or taken away', async () => {
    const named = async (name: string) => tracking.createRun({ experimentId: '0', name })
    const [tagged, renamed] = [await named('tagged'), await named('other')]
    const words = () => search("'needle' and run_name != 'run-0'", ['run_name'], 10)
    expect(await words()).toEqual([])
    const tags = [{ key: 'note', value: 'a NEEDLE in it' }]
    await tracking.logBatch(tagged.id, { tags })
    await tracking.updateRun(renamed.id, { name: 'needle-like' })
    expect(await words()).toEqual(['needle-like', 'tagged'])
    await tracking.deleteTag(tagged.id, 'note')
    await tracking.logBatch(renamed.id, { tags: [{ key: 'mlflow.runName', value: 'pin' }] })
    expect(await words()).toEqual([])
    const params = [{ key: 'made_of', value: 'needles' }]
    await tracking.logBatch(tagged.id, { params })
    expect(await words()).toEqual(['tagged'])
  })
})

/** Of each value of `params.model` how many there are, and the mean of each metric's last values, NaN left out. */
function groupedBy(runs: readonly Run[]) {
  const groups = Map.groupBy(runs, ({ params }) => params['model'] ?? null)
  return new Map(
    [...groups].map(([value, own]) => {
      const means = METRICS.map((key) => {
        const values = own
          .flatMap(({ metrics }) => metrics.filter((metric) => metric.key === key))
          .map((metric) => metric.value)
          .filter((one) => !Number.isNaN(one))
        if (values.length === 0) return null
        return expect.closeTo(values.reduce((sum, one) => sum + one, 0) / values.length)
      })
      return [value, { runs: own.length, means }]
    }),
  )
}

async function logRuns(
  tracking: Tracking,
  history: Map<string, readonly number[]>,
): Promise<readonly Run[]> {
  const random = fc.sample(fc.integer({ min: 0, max: 1000 }), { numRuns: RUNS * 12, seed: 7 })
  const draw = (): number => random.pop() ?? 0
  const runs: Run[] = []
  for (let index = 0; index < RUNS; index += 1) {
    const startTime = draw() % 20
    const name = `run-${index}`
    const { id } = await tracking.createRun({ experimentId: '0', name, startTime })
    const metrics = METRICS.flatMap((key) => {
      const values = Array.from({ length: draw() % 4 }, () => drawValue(draw()))
      history.set(`${id} ${key}`, values)
      return values.map((value, step) => ({ key, value, step, at: step }))
    })
    const params = PARAMS.filter(() => draw() % 4 > 0).map((key) => ({
      key,
      value: VALUES[draw() % VALUES.length] ?? '',
    }))
    await tracking.logBatch(id, { metrics, params })
    runs.push(await tracking.getRun(id))
  }
  return runs
}

function drawValue(number: number): number {
  return number % 11 === 0 ? Number.NaN : number % 6
}

function condition(depth: number): fc.Arbitrary<Condition> {
  const number = fc.integer({ min: 0, max: 6 })
  const leaf = fc.oneof(
    fc.record({
      kind: fc.constant('metric' as const),
      key: fc.constantFrom(...METRICS),
      aggregate: fc.constantFrom('last', 'min', 'max', null),
      comparator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      value: number,
    }),
    fc.record({
      kind: fc.constant('param' as const),
      key: fc.constantFrom(...PARAMS),
      comparator: fc.constantFrom('=', '!=', 'LIKE', 'ILIKE'),
      value: fc.constantFrom(...VALUES, 'r%', '%_b', '%'),
    }),
    fc.record({
      kind: fc.constant('list' as const),
      key: fc.constantFrom(...PARAMS),
      negated: fc.boolean(),
      values: fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('missing' as const),
      entity: fc.constantFrom('params', 'metrics'),
      key: fc.constantFrom(...PARAMS, ...METRICS),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('started' as const),
      comparator: fc.constantFrom('<', '>='),
      value: number,
    }),
    fc.record({
      kind: fc.constant('words' as const),
      text: fc.constantFrom('RIDGE', 'run-1', '%', '_', 'lass'),
    }),
  ) as fc.Arbitrary<Condition>
  if (depth === 0) return leaf
  const inner = condition(depth - 1)
  return fc.oneof(
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(inner, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), term: inner }),
  ) as fc.Arbitrary<Condition>
}

function orderingsOf(): fc.Arbitrary<readonly Ordering[]> {
  const field = fc.constantFrom<Ordering['field']>(
    'metrics.loss',
    'metrics.acc',
    'params.model',
    'start_time',
  )
  const ordering = fc.record({ field, descending: fc.boolean() })
  return fc.uniqueArray(ordering, { maxLength: 2, selector: (one) => one.field })
}
