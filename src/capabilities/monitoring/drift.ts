import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts'
import { chiSquareQuantile } from '../../statistics/distributions.ts'
import { type ColumnMeasure, measureColumn } from './columns.ts'
import type { ColumnRule } from './policy.ts'
import type { ColumnReference, ColumnValues } from './reference.ts'
import type { ColumnReport, DriftReport, DriftVerdict, Finding } from './report.ts'

/** One column to decide on: what is asked, what was, what is. */
export interface DriftColumn {
  readonly rule: ColumnRule
  readonly reference: ColumnReference | null
  readonly values: ColumnValues
  /** When the window will be covered by the log; `null` when it is. */
  readonly coveredAt: string | null
}

interface Tested {
  readonly column: DriftColumn
  readonly reference: ColumnReference
  readonly measure: ColumnMeasure
}

/**
 * Has the data moved? A column has drifted when its score reaches the policy's threshold and is more than chance, when
 * its share of missing values changed, or when values came that the reference never had. All these tests of one
 * look are corrected together (Benjamini-Hochberg), so many columns do not make more false alarms. The level holds
 * for one look: looks at overlapping windows are not independent, and `for` in the alerts damps them.
 */
export function decideDrift(columns: readonly DriftColumn[]): DriftReport {
  const decidable = columns.map((column) => ({ column, lack: lackOf(column) }))
  const tested = decidable.flatMap(({ column, lack }) =>
    lack === null && column.reference !== null
      ? [{ column, reference: column.reference, measure: measure(column, column.reference) }]
      : [],
  )
  const adjusted = correct(tested.map((one) => pValues(one.measure)))
  const judged = tested.map((one, index) => judgeColumn(one, adjusted[index] ?? []))
  const open = decidable.flatMap(({ column, lack }) =>
    lack === null ? [] : [openColumn(column, lack)],
  )
  const order = new Map(columns.map(({ rule }, index) => [rule.column + rule.role, index]))
  const place = ({ column, role }: ColumnReport): number => order.get(column + role) ?? 0
  return summarize([...judged, ...open].toSorted((a, b) => place(a) - place(b)))
}

type PValue = number | null

// Where neither side has a null, or no value is new, there was nothing to test and nothing to correct for (Tarone 1990).
function pValues({ p, nullShift, unseen }: ColumnMeasure): readonly PValue[] {
  const anyNull = nullShift.reference > 0 || nullShift.current > 0
  return [p, anyNull ? nullShift.p : null, unseen.rows > 0 ? unseen.p : null]
}

/** Corrects all p-values of one look together; what was not tested is 1. */
function correct(columns: readonly (readonly PValue[])[]): readonly (readonly number[])[] {
  const adjusted = benjaminiHochberg(columns.flat().filter((p) => p !== null))
  let next = 0
  return columns.map((values) => values.map((p) => (p === null ? 1 : (adjusted[next++] ?? 1))))
}

function measure({ rule, values }: DriftColumn, reference: ColumnReference): ColumnMeasure {
  return measureColumn(rule, reference, values)
}

interface Lack {
  readonly reason: string
  readonly needs: number | null
}

function lackOf({ rule, reference, values, coveredAt }: DriftColumn): Lack | null {
  if (reference === null)
    return { reason: 'the version has no reference for this column', needs: null }
  if (coveredAt !== null)
    return { reason: `the log covers the whole window from ${coveredAt} on`, needs: null }
  const missing = rule.rows - values.length
  return missing > 0 ? { reason: `${values.length} of ${rule.rows} rows`, needs: missing } : null
}

const DEFAULT_AT = 0.2
const AUTO_AT = 0.1

function judgeColumn(one: Tested, adjusted: readonly number[]): ColumnReport {
  const { column, reference, measure: m } = one
  const { rule } = column
  const [p = 1, nullP = 1, unseenP = 1] = adjusted
  const at = thresholdOf(rule, m)
  const size = rule.method === 'auto' ? m.psi : m.score
  const large = size >= at
  const findings: Finding[] = []
  if (large && p < rule.level) findings.push('distribution')
  if (nullP < rule.level) findings.push('nulls')
  if (unseenP < rule.level) findings.push('new_values')
  const unsure = large && findings.length === 0 && rule.method !== 'ks'
  const verdict = findings.length > 0 ? 'drifted' : unsure ? 'inconclusive' : 'ok'
  return {
    ...head(column),
    test: m.test,
    verdict,
    findings,
    score: m.score,
    floor: m.floor,
    threshold: at,
    p,
    rows: m.rows,
    needs: unsure ? rowsFor(at, m, reference) : null,
    reason: reasonOf(column, m, findings, unsure),
    nulls: m.nullShift,
    newValues: m.unseen.values,
    reference: distributionOf(reference),
    current: shares(m.counts),
  }
}

function thresholdOf(rule: ColumnRule, { test }: ColumnMeasure): number {
  if (rule.at !== null) return rule.at
  if (rule.method === 'auto') return AUTO_AT
  return test === 'ks' ? 0 : DEFAULT_AT
}

// Rows at which the score that is there would stand out from chance.
function rowsFor(at: number, m: ColumnMeasure, { rows }: ColumnReference): number | null {
  const quantile = chiSquareQuantile(0.95, Math.max(1, m.counts.length - 1))
  const inverse = Math.max(at, m.psi) / quantile - 1 / Math.max(1, rows)
  return inverse <= 0 ? null : Math.max(1, Math.ceil(1 / inverse) - m.rows)
}

function reasonOf(
  { rule }: DriftColumn,
  m: ColumnMeasure,
  findings: readonly Finding[],
  unsure: boolean,
): string {
  const name = m.test === 'ks' ? 'D' : 'PSI'
  const score = `${name} ${m.score.toFixed(3)} (by chance up to ${m.floor.toFixed(3)})`
  if (unsure) return `${score}: ${m.rows} rows cannot tell it from chance`
  const sentences = findings.map((finding) => {
    switch (finding) {
      case 'distribution':
        return `${score} over ${m.rows} rows`
      case 'nulls':
        return `missing values went from ${percent(m.nullShift.reference)} to ${percent(m.nullShift.current)}`
      case 'new_values':
        return `new values: ${m.unseen.values.map(({ value }) => value).join(', ')}`
    }
  })
  return sentences.length > 0 ? `${rule.column}: ${sentences.join('; ')}` : score
}

function openColumn(column: DriftColumn, { reason, needs }: Lack): ColumnReport {
  return {
    ...head(column),
    test: null,
    verdict: 'inconclusive',
    findings: [],
    score: null,
    floor: null,
    threshold: column.rule.at,
    p: null,
    rows: column.values.length,
    needs,
    reason,
    nulls: null,
    newValues: [],
    reference: column.reference === null ? null : distributionOf(column.reference),
    current: null,
  }
}

function head({ rule }: DriftColumn) {
  return { column: rule.column, role: rule.role, severity: rule.severity, windowMs: rule.windowMs }
}

function distributionOf(reference: ColumnReference): ColumnReport['reference'] {
  const labels =
    reference.kind === 'numeric'
      ? { points: reference.bins.points, edges: reference.bins.edges }
      : { categories: reference.bins.top }
  return { ...labels, shares: shares(reference.counts) }
}

function shares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total === 0 ? 0 : count / total))
}

function summarize(columns: readonly ColumnReport[]): DriftReport {
  const drifted = columns.filter(({ verdict }) => verdict === 'drifted')
  const decided = columns.filter(({ verdict }) => verdict !== 'inconclusive')
  const verdict: DriftVerdict =
    drifted.length > 0 ? 'drifted' : decided.length > 0 ? 'ok' : 'inconclusive'
  const severity = drifted.some((column) => column.severity === 'critical')
    ? 'critical'
    : drifted.length > 0
      ? 'warning'
      : 'none'
  return { verdict, severity, reason: summaryOf(columns, drifted), columns }
}

function summaryOf(columns: readonly ColumnReport[], drifted: readonly ColumnReport[]): string {
  if (columns.length === 0) return 'No column is watched'
  if (drifted.length > 0) return drifted.map(({ reason }) => reason).join('; ')
  const open = columns.filter(({ verdict }) => verdict === 'inconclusive')
  const names = open.map(({ column, reason }) => `${column} (${reason})`).join(', ')
  if (open.length === columns.length) return `Too little to judge ${names}`
  const calm = `${columns.length - open.length} of ${columns.length} columns show no drift`
  return open.length === 0 ? calm : `${calm}; too little to judge ${names}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
