import { defineErrors } from '../../base/errors.ts'

export const monitoringErrors = defineErrors({
  REPORT_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such monitoring report.',
    next: 'List the reports with GET /api/v1/monitors/NAME/reports.',
  },
  FEEDBACK_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'The feedback names a prediction that was never logged.',
    next: 'Send the x-ratchet-prediction-id of an answer from this project.',
  },
  FEEDBACK_CONTRADICTS: {
    status: 409,
    exit: 5,
    title: 'The prediction already has another label.',
    next: 'If the first label was wrong, send this one with "correction": true.',
  },
})
