import type { NewCategory, Test } from './columns.ts'
import type { Role } from './policy.ts'
import type { ReportId } from './schema.ts'

export type DriftVerdict = 'ok' | 'drifted' | 'inconclusive'
export type QualityVerdict = 'ok' | 'degraded' | 'inconclusive'
export type DriftSeverity = 'none' | 'warning' | 'critical'
export type Finding = 'distribution' | 'nulls' | 'new_values'

/** The bins and what share of rows they held in the reference. */
export interface ReferenceShares {
  /** Numbers that are a bin of their own, then the inner edges of the intervals. */
  readonly points?: readonly number[]
  readonly edges?: readonly number[]
  /** The frequent categories; two more bins follow: the rare ones and those never seen. */
  readonly categories?: readonly string[]
  readonly shares: readonly number[]
}

export interface ColumnReport {
  readonly column: string
  readonly role: Role
  readonly severity: 'warning' | 'critical'
  readonly windowMs: number
  readonly verdict: DriftVerdict
  readonly findings: readonly Finding[]
  readonly test: Test | null
  /** PSI, or D for K-S; below `floor` it says nothing. */
  readonly score: number | null
  readonly floor: number | null
  readonly threshold: number | null
  /** Corrected for the number of tests in this look. */
  readonly p: number | null
  readonly rows: number
  /** Rows still wanted, where that can be said. */
  readonly needs: number | null
  readonly reason: string
  readonly nulls: { readonly reference: number; readonly current: number } | null
  readonly newValues: readonly NewCategory[]
  readonly reference: ReferenceShares | null
  /** Shares of the window in the same bins. */
  readonly current: readonly number[] | null
}

export interface DriftReport {
  readonly verdict: DriftVerdict
  /** The highest of the columns that drifted. */
  readonly severity: DriftSeverity
  readonly reason: string
  readonly columns: readonly ColumnReport[]
}

export interface QualityReport {
  readonly verdict: QualityVerdict
  readonly reason: string
  readonly metric: string | null
  /** In the metric's unit, over the window, with a two-sided interval. */
  readonly estimate: number | null
  readonly lo: number | null
  readonly hi: number | null
  /** The value that the metric is held against. */
  readonly limit: number | null
  /** Rows of the window that are old enough to have a truth, and those that have one. */
  readonly matured: number
  readonly labelled: number
  /** The e-value and what it has to reach: see `exceedanceEvidence`. */
  readonly evidence: number | null
  readonly needed: number | null
  readonly needs: number | null
}

export interface Window {
  readonly from: number
  readonly to: number
}

export interface MonitorReport {
  readonly id: ReportId
  readonly model: string
  readonly version: number
  readonly at: number
  readonly window: Window
  readonly drift: DriftReport
  readonly quality: QualityReport
  readonly causedBy: string | null
}
