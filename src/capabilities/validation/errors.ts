import { defineErrors } from '../../base/errors.ts'

export const validationErrors = defineErrors({
  CONTRACT_MISSING: {
    status: 404,
    exit: 4,
    title: 'The data contract does not exist.',
    next: 'Check the path under `data.contract` in ratchet.yaml or after --contract.',
  },
  CONTRACT_INVALID: {
    status: 422,
    exit: 2,
    title: 'The data contract says something that is not part of its language.',
    next: 'Correct the named place; docs/reference/contract.md lists every key, with examples.',
  },
  CHECK_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such check report.',
    next: 'List the reports with GET /api/v1/checks.',
  },
})
