import { defineErrors } from '../base/errors.ts'

export const automationErrors = defineErrors({
  MODEL_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'ratchet.yaml declares no such model.',
    next: 'See `ratchet models`, or declare it in ratchet.yaml.',
  },
  MODEL_NOT_TRAINABLE: {
    status: 409,
    exit: 2,
    title: 'ratchet.yaml does not say how this model is trained.',
    next: 'Add `train` and `retrain` to the model in ratchet.yaml.',
  },
  RETRAINING_REFUSED: {
    status: 409,
    exit: 5,
    title: 'A retraining cannot start now.',
    next: 'Wait until the work under way has ended, then ask again.',
  },
  WHY_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'Nothing here has this id.',
    next: 'Give the id of a prediction, alert, run, version (name/3), gate, rollout, decision, event or job.',
  },
})
