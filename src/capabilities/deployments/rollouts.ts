import { createId } from '../../base/ids.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { Alongside, DeploymentsDeps } from './deps.ts'
import { abortUnderWay } from './endpoints.ts'
import { deploymentErrors } from './errors.ts'
import { rolloutEvent } from './events.ts'
import type { DeployPolicy } from './policy.ts'
import { summarizeEvidence } from './evidence.ts'
import { addPoints } from './points.ts'
import type { Rollout, StepDecision } from './schema.ts'
import {
  findRollout,
  findRolloutByCause,
  insertRollout,
  raiseEpoch,
  rolloutsUnderWay,
  updateRollout,
} from './store.ts'
import { decideStep } from './steps.ts'
import {
  advanceRollout,
  commit,
  endRollout,
  loadEndpoint,
  promoteRollout,
  stepName,
} from './transitions.ts'

export interface StartRolloutInput extends Alongside {
  readonly endpoint: string
  /** The challenger. */
  readonly version: number
  /** Kept with the rollout: a change of ratchet.yaml does not change one that is under way. */
  readonly policy: DeployPolicy
  /** Abort the rollout that is under way instead of refusing. */
  readonly supersede?: boolean | undefined
}

/**
 * Begins to send the challenger traffic. One rollout an endpoint. Asked again for the same cause and version, or for the
 * version that is being rolled out, it answers with the rollout that is there.
 * @throws ENDPOINT_UNKNOWN, ROLLOUT_RUNNING, ROLLOUT_POINTLESS, and what `locateModel` throws
 */
export async function startRollout(
  deps: DeploymentsDeps,
  input: StartRolloutInput,
): Promise<Rollout> {
  const { model } = await loadEndpoint(deps.database.query, input.endpoint)
  await deps.locateModel(model, input.version)
  return await commit(deps, input, async (tx) => {
    const earlier = await sameRollout(tx, input)
    if (earlier !== null) return earlier
    await makeRoom(deps, tx, input)
    const rollout = await newRollout(deps, tx, input)
    await insertRollout(tx, rollout)
    await raiseEpoch(tx, rollout.endpoint)
    const { causedBy } = input
    const event = { step: stepName(rollout), causedBy }
    await deps.publish(tx, rolloutEvent('deployments.rollout_started', rollout, event))
    return rollout
  })
}

async function sameRollout(tx: Tx, input: StartRolloutInput): Promise<Rollout | null> {
  const [underWay] = await rolloutsUnderWay(tx, input.endpoint)
  if (underWay?.version === input.version) return underWay
  return input.causedBy === null
    ? null
    : await findRolloutByCause(tx, input.causedBy, input.version)
}

async function makeRoom(deps: DeploymentsDeps, tx: Tx, input: StartRolloutInput): Promise<void> {
  const { endpoint, version, causedBy } = input
  const [underWay] = await rolloutsUnderWay(tx, endpoint)
  if (underWay === undefined) return
  if (input.supersede !== true)
    throw deploymentErrors.ROLLOUT_RUNNING({
      detail: `${underWay.id} is taking version ${underWay.version} to "${endpoint}".`,
    })
  await abortUnderWay(deps, tx, { endpoint, reason: `Superseded by version ${version}`, causedBy })
}

async function newRollout(
  deps: DeploymentsDeps,
  tx: Tx,
  input: StartRolloutInput,
): Promise<Rollout> {
  const { endpoint, model, champion } = await loadEndpoint(tx, input.endpoint)
  if (champion === input.version)
    throw deploymentErrors.ROLLOUT_POINTLESS({
      detail: `Version ${champion} is the champion of "${endpoint}".`,
    })
  const now = deps.clock.now()
  return {
    id: createId('rol', now),
    endpoint,
    model,
    version: input.version,
    champion,
    state: 'running',
    policy: input.policy,
    step: 0,
    stepStartedAt: now,
    startedAt: now,
    endedAt: null,
    track: [{ from: now, to: null, note: null }],
    reason: 'It has just begun',
    guards: [],
    points: [],
    evidence: null,
    causedBy: input.causedBy,
    revision: 0,
  }
}

export interface StepRolloutInput extends Alongside {
  readonly rolloutId: string
}

/**
 * Looks at the evidence and does what it calls for; safe to call at any time and any number of times. `decision` is null when the
 * rollout had ended, or changed while the evidence was being counted: the next look decides.
 * @throws ROLLOUT_UNKNOWN
 */
export async function stepRollout(
  deps: DeploymentsDeps,
  input: StepRolloutInput,
): Promise<{ readonly rollout: Rollout; readonly decision: StepDecision | null }> {
  const seen = await mustFind(deps.database.query, input.rolloutId)
  const look = seen.endedAt === null ? await lookAt(deps, seen) : null
  return await commit(deps, input, async (tx) => {
    const present = await mustFind(tx, input.rolloutId)
    if (look === null || present.revision !== seen.revision)
      return { rollout: present, decision: null }
    const rollout = await apply(deps, tx, { before: present, look, causedBy: input.causedBy })
    return { rollout, decision: look.decision }
  })
}

interface Look {
  readonly decision: StepDecision
  /** The rollout with what was seen and decided, before it moves. */
  readonly seen: Rollout
}

async function lookAt(deps: DeploymentsDeps, rollout: Rollout): Promise<Look> {
  const evidence = await deps.loadEvidence(rollout)
  const now = deps.clock.now()
  const decision = decideStep(rollout, evidence, now)
  const { reason, guards } = decision
  const points = addPoints(rollout, guards, now)
  return {
    decision,
    seen: { ...rollout, reason, guards, points, evidence: summarizeEvidence(evidence) },
  }
}

async function apply(
  deps: DeploymentsDeps,
  tx: Tx,
  { before, look, causedBy }: { before: Rollout; look: Look; causedBy: string | null },
): Promise<Rollout> {
  const { decision, seen: rollout } = look
  switch (decision.kind) {
    case 'hold':
      // Nobody needs a write, nor another look's revision, for nothing new.
      if (JSON.stringify(rollout) !== JSON.stringify(before)) await updateRollout(tx, rollout)
      return rollout
    case 'advance':
      return await advanceRollout(deps, tx, { rollout, causedBy })
    case 'promote':
      return await promoteRollout(deps, tx, { rollout, causedBy })
    case 'abort':
      return await endRollout(deps, tx, { rollout, state: 'aborted', causedBy })
  }
}

async function mustFind(query: Query, id: string): Promise<Rollout> {
  const rollout = await findRollout(query, id)
  if (rollout !== null) return rollout
  throw deploymentErrors.ROLLOUT_UNKNOWN({ detail: `There is no rollout ${id}.` })
}
