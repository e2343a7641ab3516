import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalDraw, seededRandom } from '../../statistics/seeded-random.ts'
import { evaluatePolicySchema, type GateInput, type GateRow } from './schema.ts'
import { decideGate } from './verdict.ts'

const DAY = 86_400_000

/** Days of births as both versions predict them, wrong by independent normal errors of the given sizes. */
function days(count: number, errors: { champion: number; challenger: number }): GateRow[] {
  const random = seededRandom(count)
  return Array.from({ length: count }, (_, day) => {
    const label = 9000 + 500 * normalDraw(random)
    return {
      at: day * DAY,
      label,
      champion: label + errors.champion * normalDraw(random),
      challenger: label + errors.challenger * normalDraw(random),
      columns: { weekday: day % 7 },
    }
  })
}

type Policy = Parameters<typeof evaluatePolicySchema.parse>[0]

function gate(rows: readonly GateRow[], policy: Policy = {}, more: Partial<GateInput> = {}) {
  return decideGate({
    policy: evaluatePolicySchema.parse({
      metric: 'mae',
      confidence: 0.9,
      rows: 28,
      ...Object(policy),
    }),
    champion: { version: 55 },
    challenger: { version: 56 },
    rows,
    ...more,
  })
}

test.each([
  { champion: 900, challenger: 300, verdict: 'passed', says: /^v56 is better by \d+(\.\d)? % \(/ },
  { champion: 300, challenger: 700, verdict: 'failed', says: /^v56 is worse by \d+(\.\d)? % \(/ },
  { champion: 300, challenger: 310, verdict: 'inconclusive', says: /needs about \d+ more|hardly/ },
])('28 days, errors of $champion against $challenger: $verdict', ({ verdict, says, ...errors }) => {
  const report = gate(days(28, errors))
  expect(report).toMatchObject({ verdict, rows: 28, period: { from: 0, to: 27 * DAY } })
  expect(report.sentence).toMatch(says)
  expect(report.rowsNeeded === null).toBe(
    verdict !== 'inconclusive' || /hardly/.test(report.sentence),
  )
})

test('too few rows are inconclusive, however large the difference', () => {
  const report = gate(days(20, { champion: 900, challenger: 100 }))
  expect(report).toMatchObject({ verdict: 'inconclusive', rowsNeeded: 8 })
  expect(report.sentence).toContain('needs about 8 more')
})

test('a gain is asked on top of better, and the refusal says so', () => {
  const rows = days(400, { champion: 500, challenger: 400 })
  expect(gate(rows, { gain: 0 }).verdict).toBe('passed')
  const refused = gate(rows, { gain: 0.4 })
  expect(refused.verdict).toBe('failed')
  expect(refused.sentence).toContain('asked was better by more than 40 %')
  expect(refused.checks[0]).toMatchObject({ boundary: -40, difference: { unit: '%' } })
})

test('with a margin, about as good will do', () => {
  const rows = days(400, { champion: 300, challenger: 0 }).map((row, day) => ({
    ...row,
    challenger: Number(row.champion) + (day % 2 === 0 ? 5 : -5),
  }))
  expect(gate(rows).verdict).toBe('inconclusive')
  expect(gate(rows, { margin: 0.2 }).verdict).toBe('passed')
})

test('worse on a slice fails the gate; a slice too small to tell blocks only if required', () => {
  const rows = days(140, { champion: 900, challenger: 300 }).map((row) =>
    row.columns?.weekday === 6 ? { ...row, challenger: Number(row.label) + 5000 } : row,
  )
  const slice = { column: 'weekday', in: [6], worse_at_most: 0.1, name: 'Sundays' }
  const worse = gate(rows, { slices: [slice] })
  expect(worse.verdict).toBe('failed')
  expect(worse.sentence).toMatch(/mae on Sundays is worse by .* \(asked: worse by at most 10 %\)$/)
  const few = days(28, { champion: 900, challenger: 300 })
  expect(gate(few, { slices: [slice] })).toMatchObject({ verdict: 'passed' })
  expect(gate(few, { slices: [{ ...slice, required: true }] })).toMatchObject({
    verdict: 'inconclusive',
    rowsNeeded: 1,
  })
})

test.each([
  [{ metric: 'bias', within: 0.05 }, 'passed'],
  [{ metric: 'mae', at_most: 100 }, 'failed'],
  [{ metric: 'mae', at_most: 241 }, 'inconclusive'],
  [{ metric: 'rmse', worse_at_most: 0 }, 'passed'],
  [{ metric: 'latency_p99_ms', at_most: 50 }, 'passed'],
  [{ metric: 'latency_p99_ms', worse_at_most: 0.1 }, 'failed'],
  [{ metric: 'size_bytes', at_most: 1_000_000 }, 'inconclusive'],
  [{ metric: 'size_bytes', at_most: 1_000_000, required: false }, 'passed'],
])('guard %j: %s', (guard, verdict) => {
  const report = gate(
    days(200, { champion: 900, challenger: 300 }),
    { guards: [guard] },
    {
      champion: { version: 1, facts: { latency_p99_ms: 10 } },
      challenger: { version: 2, facts: { latency_p99_ms: 12 } },
    },
  )
  expect(report.verdict).toBe(verdict)
})

test('classes: accuracy row by row, F1 by resampling, fairness by group', () => {
  const random = seededRandom(3)
  const rows = Array.from({ length: 600 }, (): GateRow => {
    const label = random() < 0.5 ? 1 : 0
    const said = (right: number) => (random() < right ? label : 1 - label)
    const region = random() < 0.5 ? 'north' : 'south'
    return { label, champion: said(0.7), challenger: said(0.9), columns: { region } }
  })
  expect(gate(rows, { metric: 'accuracy' }).verdict).toBe('passed')
  const report = gate(rows, {
    metric: 'f1_weighted',
    guards: [{ fairness: 'disparate_impact', by: 'region', at_least: 0.7 }],
  })
  expect(report.checks.map(({ verdict }) => verdict)).toEqual(['passed', 'passed'])
  const unfair = rows.map((row) =>
    row.columns?.region === 'south' && random() < 0.6 ? { ...row, challenger: 0 } : row,
  )
  expect(
    gate(unfair, {
      margin: 0.9,
      guards: [{ fairness: 'disparate_impact', by: 'region', at_least: 0.8 }],
    }).verdict,
  ).toBe('failed')
})

test('a first version stands against its guards alone', () => {
  const rows = days(60, { champion: 0, challenger: 300 }).map((row) => ({ ...row, champion: null }))
  const first = (guards: object[]) =>
    gate(rows, { guards }, { champion: null, challenger: { version: 1 } })
  expect(first([])).toMatchObject({ verdict: 'passed', rows: 60, paired: null })
  expect(first([]).sentence).toBe('v1 is the first version: there is nothing to compare it with')
  expect(first([{ metric: 'mae', at_most: 400 }]).verdict).toBe('passed')
  expect(first([{ metric: 'mae', at_most: 100 }]).sentence).toMatch(
    /mae is \d+.* \(asked: at most 100\)/,
  )
})

test('an answer that is no number fails the gate; rows without truth are left out', () => {
  const rows = days(40, { champion: 900, challenger: 300 })
  const broken = rows.map((row, day) => (day === 3 ? { ...row, challenger: Number.NaN } : row))
  expect(gate(broken)).toMatchObject({ verdict: 'failed', checks: [{ name: 'answers' }, {}] })
  const unlabelled = rows.map((row, day) => (day < 5 ? { ...row, label: Number.NaN } : row))
  expect(gate(unlabelled)).toMatchObject({ verdict: 'passed', rows: 35 })
})

test('a champion without error can be equalled, not beaten', () => {
  const rows = days(40, { champion: 0, challenger: 0 })
  expect(gate(rows).verdict).toBe('inconclusive')
  expect(gate(rows, { margin: 0.1 }).verdict).toBe('passed')
  const worse = days(40, { champion: 0, challenger: 100 })
  expect(gate(worse, { margin: 0.1 }).verdict).toBe('failed')
})

test('no rows at all: inconclusive, and everything in the report is a number or null', () => {
  const report = gate([], { slices: [{ column: 'weekday', in: [0], worse_at_most: 0 }] })
  expect(report).toMatchObject({ verdict: 'inconclusive', rows: 0, rowsNeeded: 28, period: null })
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

const predictions = fc.array(
  fc.record({
    label: fc.integer({ min: 1, max: 1000 }),
    champion: fc.integer({ min: 1, max: 1000 }),
    challenger: fc.integer({ min: 1, max: 1000 }),
  }),
  { minLength: 30, maxLength: 60 },
)

test('identical predictions never fail and never pass for better', () => {
  fc.assert(
    fc.property(predictions, (rows) => {
      const same = rows.map((row) => ({ ...row, challenger: row.champion }))
      expect(gate(same).verdict).toBe('inconclusive')
      expect(gate(same, { margin: 0.01 }).verdict).toBe('passed')
      expect(gate(same).paired).toEqual({ wins: 0, losses: 0, ties: rows.length })
    }),
  )
})

test('swapping the arms turns passed into failed, wins into losses, and the sign around', () => {
  fc.assert(
    fc.property(predictions, (rows) => {
      const there = gate(rows)
      const back = gate(
        rows.map(({ label, champion, challenger }) => ({
          label,
          champion: challenger,
          challenger: champion,
        })),
      )
      const opposite = { passed: 'failed', failed: 'passed', inconclusive: 'inconclusive' } as const
      expect(back.verdict).toBe(opposite[there.verdict])
      expect(back.paired?.wins).toBe(there.paired?.losses)
      const sign = (report: typeof there) => Math.sign(report.checks[0]?.difference?.value ?? 0) + 0
      expect(sign(back) + sign(there)).toBe(0)
    }),
  )
})

test('the same rows in another order give the same report, since time orders them', () => {
  const rows = days(40, { champion: 500, challenger: 400 })
  expect(gate(rows.toReversed())).toEqual(gate(rows))
})

test('of challengers no better than the champion about a tenth passes at 90 % confidence', () => {
  const random = seededRandom(90)
  const passes = Array.from({ length: 400 }, () => {
    const rows = Array.from({ length: 28 }, (): GateRow => ({
      label: 0,
      champion: normalDraw(random),
      challenger: normalDraw(random),
    }))
    return gate(rows).verdict === 'passed'
  })
  expect(passes.filter(Boolean).length / 400).toBeLessThan(0.13)
})
