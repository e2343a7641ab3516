import { defineErrors } from '../../base/errors.ts'

export const deploymentErrors = defineErrors({
  ENDPOINT_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such endpoint.',
    next: 'List the endpoints with GET /api/v1/endpoints; a model gets one with its first champion.',
  },
  ROLLOUT_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such rollout.',
    next: 'List the rollouts of an endpoint with `ratchet rollout status`.',
  },
  ROLLOUT_RUNNING: {
    status: 409,
    exit: 5,
    title: 'The endpoint already has a rollout under way.',
    next: 'Wait until it ends, or end it with `ratchet rollout abort`, then repeat.',
  },
  ROLLOUT_ENDED: {
    status: 409,
    exit: 5,
    title: 'The rollout has ended; what has ended does not change.',
    next: 'Start another one with `ratchet promote`, or go back with `ratchet rollback`.',
  },
  ROLLOUT_POINTLESS: {
    status: 409,
    exit: 5,
    title: 'The version is the champion already.',
    next: 'Choose another version.',
  },
  ROLLBACK_IMPOSSIBLE: {
    status: 409,
    exit: 5,
    title: 'No earlier champion of this endpoint is known.',
    next: 'Promote a version by its number instead: `ratchet promote NAME --version N`.',
  },
})
