import type { Alongside, DeploymentsDeps } from './deps.ts'
import { rolloutEvent } from './events.ts'
import type { Rollout } from './schema.ts'
import { updateRollout } from './store.ts'
import { commit, endRollout, loadUnderWay, promoteRollout, stepName } from './transitions.ts'

export interface ByHandInput extends Alongside {
  readonly rolloutId: string
  /** Who, and why: kept as the rollout's reason. */
  readonly reason: string
}

/** The split stays; no further step is taken, though a guard that fails still aborts. @throws ROLLOUT_UNKNOWN, ROLLOUT_ENDED */
export async function pauseRollout(deps: DeploymentsDeps, input: ByHandInput): Promise<Rollout> {
  return await setState(deps, input, 'paused')
}

/** @throws ROLLOUT_UNKNOWN, ROLLOUT_ENDED */
export async function resumeRollout(deps: DeploymentsDeps, input: ByHandInput): Promise<Rollout> {
  return await setState(deps, input, 'running')
}

async function setState(
  deps: DeploymentsDeps,
  input: ByHandInput,
  state: 'running' | 'paused',
): Promise<Rollout> {
  return await commit(deps, input, async (tx) => {
    const rollout = await loadUnderWay(tx, input.rolloutId)
    if (rollout.state === state) return rollout
    const changed: Rollout = { ...rollout, state, reason: input.reason }
    await updateRollout(tx, changed)
    const type = state === 'paused' ? 'deployments.rollout_paused' : 'deployments.rollout_resumed'
    const event = { step: stepName(changed), causedBy: input.causedBy }
    await deps.publish(tx, rolloutEvent(type, changed, event))
    return changed
  })
}

/** The challenger gets no more traffic; the champion, which never stopped, answers all of it. @throws ROLLOUT_UNKNOWN, ROLLOUT_ENDED */
export async function abortRollout(deps: DeploymentsDeps, input: ByHandInput): Promise<Rollout> {
  const { rolloutId, reason, causedBy } = input
  return await commit(deps, input, async (tx) => {
    const rollout = { ...(await loadUnderWay(tx, rolloutId)), reason }
    return await endRollout(deps, tx, { rollout, state: 'aborted', causedBy })
  })
}

/** The challenger is the champion now, whatever steps are left. @throws ROLLOUT_UNKNOWN, ROLLOUT_ENDED */
export async function promoteNow(deps: DeploymentsDeps, input: ByHandInput): Promise<Rollout> {
  const { rolloutId, reason, causedBy } = input
  return await commit(deps, input, async (tx) => {
    const rollout = { ...(await loadUnderWay(tx, rolloutId)), reason }
    return await promoteRollout(deps, tx, { rollout, causedBy })
  })
}
