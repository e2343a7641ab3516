import { toIso } from '../../base/time.ts'
import type { EventInput } from '../../events/index.ts'
import type { MonitorReport } from './report.ts'

export function monitoringChecked(report: MonitorReport): EventInput {
  const { drift, quality, window } = report
  const drifted = drift.columns.filter(({ verdict }) => verdict === 'drifted')
  return {
    type: 'monitoring.checked',
    subject: `model:${report.model}`,
    data: {
      report_id: report.id,
      model: report.model,
      version: report.version,
      from: toIso(window.from),
      to: toIso(window.to),
      drift: drift.verdict,
      drift_severity: drift.severity,
      drift_reason: drift.reason,
      drifted: drifted.map(({ column }) => column),
      quality: quality.verdict,
      quality_reason: quality.reason,
      metric: quality.metric,
      estimate: quality.estimate,
      limit: quality.limit,
    },
    causedBy: report.causedBy,
  }
}
