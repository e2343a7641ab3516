import { defineErrors } from '../../base/errors.ts'

export const evaluationErrors = defineErrors({
  GATE_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such gate.',
    next: 'List the gates with GET /api/v1/models/NAME/gates, or `ratchet gate NAME`.',
  },
  GATE_COLUMN_MISSING: {
    status: 422,
    exit: 2,
    title: 'A slice or a fairness guard asks for a column that no row has.',
    next: 'Correct the name under `evaluate.slices` or `evaluate.guards` in ratchet.yaml, or log the column with the predictions.',
  },
})
