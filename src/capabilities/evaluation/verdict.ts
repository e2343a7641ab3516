import { metricNamed } from '../../statistics/metrics.ts'
import { countPairs, type PairedRow } from './arms.ts'
import { checkGuard } from './guard-checks.ts'
import { checkImprovement, type Demand } from './improvement-check.ts'
import type {
  EvaluatePolicy,
  GateCheck,
  GateInput,
  GateReport,
  GateRow,
  GateVerdict,
  SlicePolicy,
} from './schema.ts'
import { sentenceFor } from './sentence.ts'

/**
 * May the challenger take the champion's place? It must be better by what is asked, with the whole interval; no worse
 * than allowed on each slice; and inside each guard. One failure fails the gate. Not knowing is inconclusive, for the
 * metric, for guards, and for slices that are `required`: other slices are often too small ever to tell. A first
 * version has nobody to beat: its guards decide.
 */
export function decideGate(input: GateInput): GateReport {
  const rows = inTime(input.rows.filter(({ label }) => isUsable(label)))
  const answered = rows.filter(({ challenger }) => isUsable(challenger))
  const paired = input.champion === null ? [] : answered.filter(isPaired)
  const checks = [
    ...brokenAnswers(rows.length - answered.length, rows.length),
    ...comparisons(input, paired),
    ...guards(input, answered, paired),
  ]
  const verdict = combine(checks)
  const [primary] = checks.filter(({ kind }) => kind === 'primary')
  const used = input.champion === null ? answered : paired
  return {
    verdict,
    sentence: sentenceFor({ input, checks, verdict }),
    rows: used.length,
    rowsNeeded: verdict === 'inconclusive' ? mostNeeded(checks) : null,
    checks,
    paired: primary === undefined ? null : countPairs(metricNamed(input.policy.metric), paired),
    method: methodOf(input),
    period: periodOf(used),
  }
}

const isUsable = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))

const isPaired = (row: GateRow): row is PairedRow => isUsable(row.champion)

// Dependence is measured between neighbours, so rows stand in the order of their time.
function inTime(rows: readonly GateRow[]): readonly GateRow[] {
  return rows.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
}

function comparisons(input: GateInput, paired: readonly PairedRow[]): readonly GateCheck[] {
  const { policy } = input
  if (input.champion === null) return []
  const { metric, confidence } = policy
  const primary = checkImprovement({
    name: metric,
    kind: 'primary',
    metric,
    rows: paired,
    confidence,
    demand: primaryDemand(policy),
    leastRows: policy.rows,
    required: true,
  })
  const slices = policy.slices.map((slice) =>
    checkImprovement({
      name: slice.name === undefined ? nameOf(metric, slice) : `${metric} on ${slice.name}`,
      kind: 'slice',
      metric,
      rows: paired.filter((row) => isIn(row, slice)),
      confidence,
      demand: { kind: 'margin', share: slice.worse_at_most },
      leastRows: LEAST_SLICE_ROWS,
      required: slice.required,
    }),
  )
  return [primary, ...slices]
}

const primaryDemand = ({ gain, margin }: EvaluatePolicy): Demand =>
  margin === undefined ? { kind: 'gain', share: gain ?? 0 } : { kind: 'margin', share: margin }

// Below this no interval of a mean deserves its confidence.
const LEAST_SLICE_ROWS = 5

const nameOf = (metric: string, slice: SlicePolicy): string =>
  `${metric} on ${slice.column} ${slice.in.join(', ')}`

function isIn(row: GateRow, slice: SlicePolicy): boolean {
  const value = row.columns?.[slice.column] ?? null
  return value !== null && slice.in.some((member) => String(member) === String(value))
}

function guards(
  { policy, champion, challenger }: GateInput,
  rows: readonly GateRow[],
  paired: readonly PairedRow[],
): readonly GateCheck[] {
  const subject = { policy, champion, challenger, rows, paired }
  return policy.guards.flatMap((guard) => checkGuard(guard, subject) ?? [])
}

// A version that answers with no number has failed on that row, whatever it says on the others.
function brokenAnswers(broken: number, rows: number): readonly GateCheck[] {
  if (broken === 0) return []
  const check: GateCheck = {
    name: 'answers',
    kind: 'guard',
    champion: null,
    challenger: broken,
    unit: 'rows',
    lowerIsBetter: true,
    difference: null,
    interval: null,
    asked: 'a finite number on every row',
    boundary: null,
    verdict: 'failed',
    required: true,
    rows,
    rowsNeeded: null,
  }
  return [check]
}

function combine(checks: readonly GateCheck[]): GateVerdict {
  if (checks.some(({ verdict }) => verdict === 'failed')) return 'failed'
  const open = checks.some(({ verdict, required }) => required && verdict === 'inconclusive')
  return open ? 'inconclusive' : 'passed'
}

/** The most that any open check asks for; `null` when one of them would not be settled by rows. */
function mostNeeded(checks: readonly GateCheck[]): number | null {
  const open = checks.filter(({ verdict, required }) => required && verdict === 'inconclusive')
  const needs = open.flatMap(({ rowsNeeded }) => rowsNeeded ?? [])
  return needs.length < open.length ? null : Math.max(...needs)
}

function methodOf({ policy, champion }: GateInput): string {
  const each = `each bound holds with ${Math.round(policy.confidence * 1000) / 10} % confidence`
  if (champion === null)
    return `first version: guards alone; blocks of rows resampled, seeded; ${each}`
  const metric = metricNamed(policy.metric)
  const how =
    metric.perRow === undefined || metric.better === 'zero'
      ? 'paired blocks of rows resampled, seeded'
      : 'paired t on row differences, widened for autocorrelation (AR(1)), relative by Fieller'
  return `${how}; ${each}; not corrected for the number of slices and guards`
}

function periodOf(rows: readonly GateRow[]): GateReport['period'] {
  const [from, to] = [rows[0]?.at, rows.at(-1)?.at]
  return from === undefined || to === undefined ? null : { from, to }
}
