import type { EventInput } from '../../events/index.ts'
import type { StoredReport } from './schema.ts'

export function validationChecked(report: StoredReport): EventInput {
  return {
    type: 'validation.checked',
    subject: `dataset:${report.dataset}`,
    data: {
      dataset: report.dataset,
      file: report.file,
      report_id: report.id,
      verdict: report.verdict,
      failures: report.failures,
    },
    causedBy: report.causedBy,
  }
}
