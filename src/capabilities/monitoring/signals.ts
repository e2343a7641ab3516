import type { JsonObject } from '../../base/json.ts'
import type { ColumnReport, MonitorReport } from './report.ts'

/** What alerts are made of: one statement on one rule. */
export interface MonitorSignal {
  readonly rule: string
  readonly condition: 'active' | 'calm' | 'unknown'
  readonly severity: 'warning' | 'critical'
  readonly summary: string
  readonly evidence: JsonObject
}

const CONDITIONS = {
  ok: 'calm',
  drifted: 'active',
  degraded: 'active',
  inconclusive: 'unknown',
} as const

/** `quality`, and `drift:COLUMN` for each column that is watched. */
export function signalsOf(report: MonitorReport): readonly MonitorSignal[] {
  const { quality, id, version } = report
  const source = { report_id: id, version }
  const performance: MonitorSignal = {
    rule: 'quality',
    condition: CONDITIONS[quality.verdict],
    severity: 'critical',
    summary: quality.reason,
    evidence: {
      ...source,
      metric: quality.metric,
      estimate: quality.estimate,
      lo: quality.lo,
      hi: quality.hi,
      limit: quality.limit,
    },
  }
  const drift = report.drift.columns.map((column) => columnSignal(column, source))
  return quality.metric === null ? drift : [performance, ...drift]
}

function columnSignal(column: ColumnReport, source: JsonObject): MonitorSignal {
  return {
    rule: `drift:${column.column}`,
    condition: CONDITIONS[column.verdict],
    severity: column.severity,
    summary: column.reason,
    evidence: {
      ...source,
      column: column.column,
      test: column.test,
      score: column.score,
      floor: column.floor,
      p: column.p,
    },
  }
}
