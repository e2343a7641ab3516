import { expect, test } from 'vitest'
import { normalDraw, seededRandom } from '../../statistics/seeded-random.ts'
import { monitorPolicySchema, type PerformanceGuard } from './policy.ts'
import { decideQuality, type QualityInput, type ScoredRow } from './quality.ts'

const DAY = 86_400_000
const GUARD: PerformanceGuard = { metric: 'mae', at_most: 500, rows: 14 }

function policyOf(performance: PerformanceGuard | undefined): QualityInput['policy'] {
  return monitorPolicySchema.parse({ performance })
}

// One answer a day; the error's size by day.
function rowsOf(days: number, error: (day: number) => number): ScoredRow[] {
  return Array.from({ length: days }, (_, day) => ({
    at: day * DAY,
    output: 9000 + error(day),
    label: 9000,
  }))
}

function decide(rows: readonly ScoredRow[], guard = GUARD, change: Partial<QualityInput> = {}) {
  const from = (rows.at(-1)?.at ?? 0) - 27 * DAY
  const matured = rows.filter(({ at }) => at >= from).length
  return decideQuality({
    policy: policyOf(guard),
    rows,
    before: 0,
    first: rows.slice(0, guard.rows ?? 30),
    from,
    matured,
    baseline: null,
    ...change,
  })
}

const noisy = (seed: number, mean: number) => {
  const random = seededRandom(seed)
  return () => mean * Math.sqrt(Math.PI / 2) * Math.abs(normalDraw(random))
}

test('too few matured rows are inconclusive and say how many more', () => {
  expect(decide(rowsOf(10, () => 5000))).toMatchObject({
    verdict: 'inconclusive',
    needs: 4,
    labelled: 10,
    metric: 'mae',
  })
  expect(decide([]).verdict).toBe('inconclusive')
})

test('a healthy version is ok, with an interval around its error', () => {
  const report = decide(rowsOf(60, noisy(1, 350)))
  expect(report).toMatchObject({ verdict: 'ok', limit: 500, needed: expect.closeTo(20) })
  expect(report.lo).toBeLessThan(report.estimate ?? 0)
  expect(report.hi).toBeGreaterThan(report.estimate ?? 0)
})

test('a change of regime after a healthy year is found within four weeks', () => {
  const error = noisy(2, 1)
  const rows = rowsOf(400, (day) => error() * (day < 365 ? 350 : 1400))
  const found = rows.findIndex(
    (_, day) => day > 365 && decide(rows.slice(0, day + 1)).verdict === 'degraded',
  )
  expect(found).toBeGreaterThan(365)
  expect(found).toBeLessThanOrEqual(365 + 28)
})

test('a trouble that is over does not count for ever', () => {
  const rows = rowsOf(120, (day) => (day >= 40 && day < 70 ? 3000 : 200))
  expect(decide(rows.slice(0, 70)).verdict).toBe('degraded')
  expect(decide(rows).verdict).toBe('ok')
})

test('looking every fortnight for two years at a version just at the limit alarms in at most 5 % of them', () => {
  let alarms = 0
  for (let seed = 0; seed < 100; seed++) {
    const rows = rowsOf(728, noisy(seed, 500))
    const looks = Array.from({ length: 52 }, (_, look) => rows.slice(0, 14 * (look + 1)))
    if (looks.some((seen) => decide(seen).verdict === 'degraded')) alarms += 1
  }
  // 5 of 100 are allowed on average; two standard errors more.
  expect(alarms).toBeLessThanOrEqual(9)
})

test('against its own baseline: given, or the first rows', () => {
  const guard: PerformanceGuard = { metric: 'mae', worse_than_baseline: 0.15, rows: 14 }
  const rows = rowsOf(80, (day) => (day < 40 ? 300 : 900))
  expect(decide(rows, guard)).toMatchObject({ verdict: 'degraded', limit: expect.closeTo(345) })
  expect(decide(rows.slice(0, 20), guard)).toMatchObject({ verdict: 'inconclusive', needs: 8 })
  expect(decide(rows, guard, { baseline: 2000 }).verdict).toBe('ok')
})

test('accuracy counts wrong answers', () => {
  const guard: PerformanceGuard = { metric: 'accuracy', at_least: 0.8, rows: 14 }
  const rows = (wrong: number) => rowsOf(100, (day) => (day % 10 < wrong ? 1 : 0))
  expect(decide(rows(1), guard)).toMatchObject({ verdict: 'ok', limit: expect.closeTo(0.8) })
  const bad = decide(rows(7), guard)
  expect(bad.verdict).toBe('degraded')
  expect(bad.lo).toBeLessThan(bad.estimate ?? 0)
})
