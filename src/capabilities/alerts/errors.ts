import { defineErrors } from '../../base/errors.ts'

export const alertErrors = defineErrors({
  ALERT_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such alert.',
    next: 'List the alerts with `ratchet alerts` or GET /api/v1/alerts.',
  },
  ALERT_RECEIVER_UNSET: {
    status: 422,
    exit: 2,
    title: 'The address of a receiver of alerts names an environment variable that is not set.',
    next: 'Set the variable for `ratchet up`, or change `alerts` in ratchet.yaml.',
  },
  ALERT_NOT_DELIVERED: {
    status: 502,
    exit: 69,
    title: 'A receiver of alerts did not take the message.',
    next: 'Check the address under `alerts` in ratchet.yaml; it is tried again, with growing pauses.',
  },
})
