import type { Alert } from '../../capabilities/alerts/index.ts'
import { currentStep, formatStep } from '../../capabilities/deployments/index.ts'
import type { LoopState, Severity } from './contract.ts'
import { championOf, type ModelFacts } from './model-facts.ts'

/**
 * A person is needed: the last training failed, or a critical alert fires in a model that does not mend itself.
 * An alert that leads to a retraining is the loop at work.
 */
export function needsPerson(facts: ModelFacts): boolean {
  return (
    facts.run?.status === 'failed' || facts.openAlerts.some((alert) => isBad(alert, facts.policy))
  )
}

function isBad(alert: Alert, { retrain }: ModelFacts['policy']): boolean {
  return alert.state === 'firing' && alert.severity === 'critical' && retrain === undefined
}

export function alertSeverity(alert: Alert, policy: ModelFacts['policy']): Severity {
  if (alert.state === 'resolved' || alert.endedAt !== null) return 'good'
  return isBad(alert, policy) ? 'bad' : 'warning'
}

/** Where the loop is: the latest step that is at work, else what it watches. */
export function loopState(facts: ModelFacts): LoopState {
  const { run, rollout, openAlerts, paused } = facts
  if (run?.status === 'failed') return { step: 'train', state: 'stuck', word: 'failed' }
  if (rollout !== null) {
    const step = formatStep(currentStep(rollout))
    const state = rollout.state === 'paused' ? 'warning' : 'working'
    return {
      step: 'deploy',
      state,
      word: rollout.state === 'paused' ? `paused at ${step}` : `at ${step}`,
    }
  }
  if (run?.status === 'running') return { step: 'train', state: 'working', word: 'training' }
  if (run?.status === 'queued') return { step: 'retrain', state: 'working', word: 'about to train' }
  if (championOf(facts) === null)
    return { step: 'register', state: 'quiet', word: 'no version yet' }
  const firing = openAlerts.find(({ state }) => state === 'firing')
  if (firing !== undefined) {
    const state = needsPerson(facts) ? 'stuck' : 'warning'
    return { step: 'monitor', state, word: firing.rule === 'quality' ? 'degraded' : 'drifting' }
  }
  if (paused) return { step: 'retrain', state: 'warning', word: 'paused' }
  return { step: 'monitor', state: 'quiet', word: 'watching' }
}
