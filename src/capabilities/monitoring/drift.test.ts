import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalDraw, seededRandom } from '../../statistics/seeded-random.ts'
import { decideDrift, type DriftColumn } from './drift.ts'
import { type ColumnRule, columnRules, monitorPolicySchema } from './policy.ts'
import { buildReference, type ColumnValues } from './reference.ts'

const DAY = 86_400_000
const RULE: ColumnRule = {
  column: 'amount',
  role: 'feature',
  method: 'auto',
  at: null,
  level: 0.05,
  windowMs: 7 * DAY,
  whole: false,
  rows: 30,
  severity: 'critical',
}

function column(
  before: ColumnValues,
  now: ColumnValues,
  rule: Partial<ColumnRule> = {},
): DriftColumn {
  const name = rule.column ?? RULE.column
  const { features } = buildReference({ features: { [name]: before } })
  const reference = features[name] ?? null
  return { rule: { ...RULE, ...rule }, reference, values: now, coveredAt: null }
}

const normals = (seed: number, rows: number, shift = 0): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: rows }, () => normalDraw(random) + shift)
}

test('a shifted column has drifted, with its evidence; an unchanged one has not', () => {
  const report = decideDrift([
    column(normals(1, 1000), normals(2, 500, 1)),
    column(normals(1, 1000), normals(3, 500), { column: 'age' }),
  ])
  expect(report).toMatchObject({ verdict: 'drifted', severity: 'critical' })
  const [amount, age] = report.columns
  expect(amount).toMatchObject({ verdict: 'drifted', test: 'ks', findings: ['distribution'] })
  expect(amount?.score).toBeGreaterThan(amount?.floor ?? 1)
  expect(age?.verdict).toBe('ok')
  expect(report.reason).toContain('amount: D 0.4')
})

test('too few rows, a missing reference and a window that the log does not cover are inconclusive', () => {
  const few = column(normals(1, 100), normals(2, 29, 5))
  const missing = { ...few, reference: null }
  const uncovered = { ...few, coveredAt: '1972-01-01' }
  const { columns, verdict } = decideDrift([few, missing, uncovered])
  expect(verdict).toBe('inconclusive')
  expect(columns.map(({ needs }) => needs)).toEqual([1, null, null])
  expect(columns[2]?.reason).toContain('1972-01-01')
})

test('a batch too small to tell a high PSI from chance says so, and how many rows it needs', () => {
  const days = (rows: number, skew: number) =>
    Array.from({ length: rows }, (_, index) => (index % 7 < skew ? 0 : index % 7))
  const [small] = decideDrift([
    column(days(70, 1), days(28, 2), { method: 'psi', at: 0.2, rows: 14 }),
  ]).columns
  expect(small?.verdict).toBe('inconclusive')
  expect(small?.needs).toBeGreaterThan(0)
  const [large] = decideDrift([
    column(days(700, 1), days(700, 3), { method: 'psi', at: 0.2, rows: 14 }),
  ]).columns
  expect(large?.verdict).toBe('drifted')
})

test('a weekly rhythm over four whole weeks is no drift at all', () => {
  const weekdays = (rows: number) => Array.from({ length: rows }, (_, index) => index % 7)
  const [report] = decideDrift([
    column(weekdays(365), weekdays(28), { method: 'psi', at: 0.2, rows: 14 }),
  ]).columns
  expect(report?.verdict).toBe('ok')
})

test('a surge of nulls and a value never seen are findings of their own', () => {
  const shops = (rows: number, more: ColumnValues = []) => [
    ...Array.from({ length: rows }, (_, index) => ['north', 'south'][index % 2]),
    ...more,
  ]
  const nulls = column(
    shops(500),
    shops(
      180,
      Array.from({ length: 20 }, () => null),
    ),
  )
  const news = column(shops(500), shops(180, ['west', 'west', 'west', 'west', 'east']))
  const { columns } = decideDrift([nulls, news])
  expect(columns[0]).toMatchObject({ findings: ['nulls'], nulls: { reference: 0, current: 0.1 } })
  expect(columns[1]).toMatchObject({ verdict: 'drifted', findings: ['new_values'] })
  expect(columns[1]?.newValues[0]).toEqual({ value: 'west', rows: 4 })
})

test('one newcomer, or one null, among few rows is chance', () => {
  const shops = Array.from({ length: 365 }, () => 'north')
  const { verdict } = decideDrift([column(shops, [...shops.slice(0, 40), 'west', null])])
  expect(verdict).not.toBe('drifted')
})

test('without drift, a look at 20 columns with ties, nulls and texts alarms in at most 5 % of looks', () => {
  const looks = 200
  let alarms = 0
  for (let seed = 0; seed < looks; seed++) {
    const random = seededRandom(seed)
    const draw = (kind: number, rows: number): ColumnValues =>
      Array.from({ length: rows }, () => {
        if (random() < 0.05) return null
        if (kind === 0) return normalDraw(random)
        if (kind === 1) return Math.floor(random() * 12)
        return `shop-${Math.floor(random() ** 2 * 30)}`
      })
    const columns = Array.from({ length: 20 }, (_, index) =>
      column(draw(index % 3, 400), draw(index % 3, 50), { column: `c${index}` }),
    )
    if (decideDrift(columns).verdict === 'drifted') alarms += 1
  }
  expect(alarms).toBeLessThanOrEqual(0.05 * looks)
})

test('any values, also odd ones, give finite scores or none', () => {
  const odd = fc.oneof(fc.double(), fc.constant(null), fc.string(), fc.boolean(), fc.integer())
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 60 }), fc.array(odd, { maxLength: 60 }), (a, b) => {
      const report = decideDrift([column(a, b, { rows: 2 })])
      const figures = report.columns.flatMap(({ score, p }) => [score ?? 0, p ?? 0])
      expect(figures.every(Number.isFinite)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('the policy of the births example is expressible', () => {
  const policy = monitorPolicySchema.parse({
    schedule: '0 6 * * 1',
    window: '28d',
    label_delay: '7d',
    features: { weekday: { method: 'psi', at: 0.2 } },
    target: { method: 'ks', window: '364d', p: 0.001 },
    performance: { metric: 'mae', at_most: 500, confidence: 0.95, rows: 21 },
  })
  expect(columnRules(policy, [])).toMatchObject([
    { column: 'weekday', whole: false, level: expect.closeTo(0.05), windowMs: 28 * DAY },
    { column: 'target', whole: true, level: 0.001, windowMs: 364 * DAY },
  ])
})

test.each([
  [{ window: '28' }, 'window'],
  [{ features: { a: { methode: 'psi' } } }, 'features'],
  [{ performance: { metric: 'mae', at_least: 3, at_most: 5 } }, 'performance'],
  [{ performance: { metric: 'accuracy', at_most: 0.8 } }, 'performance.at_most'],
  [{ performance: { metric: 'mae' } }, 'performance'],
])('a wrong policy is refused at its place: %j', (policy, path) => {
  const { error } = monitorPolicySchema.safeParse(policy)
  expect(error?.issues.some((issue) => issue.path.join('.').startsWith(path))).toBe(true)
})
