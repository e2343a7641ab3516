import type { Query, Tx } from '../../storage/database/port.ts'
import type { Alongside, DeploymentsDeps } from './deps.ts'
import { deploymentErrors } from './errors.ts'
import { rolloutEvent } from './events.ts'
import { formatStep } from './policy.ts'
import {
  currentStep,
  type Endpoint,
  type Rollout,
  type RolloutState,
  type StepRecord,
} from './schema.ts'
import { findEndpoint, findRollout, raiseEpoch, updateChampion, updateRollout } from './store.ts'

type InTransaction = Pick<DeploymentsDeps, 'publish' | 'setChampion' | 'clock'>

/** The changes of a rollout, each with its event, inside the caller's transaction. */
export async function endRollout(
  { publish, clock }: InTransaction,
  tx: Tx,
  { rollout, state, causedBy }: { rollout: Rollout; state: RolloutState; causedBy: string | null },
): Promise<Rollout> {
  const now = clock.now()
  const ended: Rollout = { ...rollout, state, endedAt: now, track: closeStep(rollout, now) }
  await updateRollout(tx, ended)
  await raiseEpoch(tx, rollout.endpoint)
  const type = state === 'promoted' ? 'deployments.promoted' : 'deployments.aborted'
  await publish(tx, rolloutEvent(type, ended, { step: stepName(ended), causedBy }))
  return ended
}

export async function promoteRollout(
  deps: InTransaction,
  tx: Tx,
  { rollout, causedBy }: { rollout: Rollout; causedBy: string | null },
): Promise<Rollout> {
  const endpoint = await loadEndpoint(tx, rollout.endpoint)
  await replaceChampion(deps, tx, { endpoint, version: rollout.version, causedBy })
  return await endRollout(deps, tx, { rollout, state: 'promoted', causedBy })
}

/** The endpoint and the registry's alias change together, or not at all. */
export async function replaceChampion(
  { setChampion }: InTransaction,
  tx: Tx,
  change: { endpoint: Endpoint; version: number; causedBy: string | null },
): Promise<void> {
  const { endpoint, model, champion, history } = change.endpoint
  await updateChampion(tx, {
    endpoint,
    champion: change.version,
    history: [...history, champion].slice(-MOST_HISTORY),
  })
  await setChampion(tx, { model, version: change.version, causedBy: change.causedBy })
}

const MOST_HISTORY = 100

export async function advanceRollout(
  { publish, clock }: InTransaction,
  tx: Tx,
  { rollout, causedBy }: { rollout: Rollout; causedBy: string | null },
): Promise<Rollout> {
  const now = clock.now()
  const track = [...closeStep(rollout, now), { from: now, to: null, note: null }]
  const advanced: Rollout = { ...rollout, step: rollout.step + 1, stepStartedAt: now, track }
  await updateRollout(tx, advanced)
  await raiseEpoch(tx, rollout.endpoint)
  const step = stepName(advanced)
  await publish(tx, rolloutEvent('deployments.rollout_stepped', advanced, { step, causedBy }))
  return advanced
}

function closeStep({ track, reason }: Rollout, now: number): readonly StepRecord[] {
  return track.map((step) => (step.to === null ? { ...step, to: now, note: reason } : step))
}

export function stepName(rollout: Rollout): string {
  return formatStep(currentStep(rollout))
}

/** @throws ENDPOINT_UNKNOWN */
export async function loadEndpoint(query: Query, endpoint: string): Promise<Endpoint> {
  const found = await findEndpoint(query, endpoint)
  if (found !== null) return found
  throw deploymentErrors.ENDPOINT_UNKNOWN({ detail: `No endpoint is called "${endpoint}".` })
}

/** @throws ROLLOUT_UNKNOWN, ROLLOUT_ENDED */
export async function loadUnderWay(tx: Tx, id: string): Promise<Rollout> {
  const rollout = await findRollout(tx, id)
  if (rollout === null)
    throw deploymentErrors.ROLLOUT_UNKNOWN({ detail: `There is no rollout ${id}.` })
  if (rollout.endedAt === null) return rollout
  const detail = `${id} is ${rollout.state.replace('_', ' ')}: ${rollout.reason}`
  throw deploymentErrors.ROLLOUT_ENDED({ detail })
}

/** Commits the change, then lets the data plane see it. */
export async function commit<T>(
  { database, writeRoutes }: DeploymentsDeps,
  { alongside }: Alongside,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await database.transaction(async (tx) => {
    const value = await work(tx)
    await alongside?.(tx)
    return value
  })
  await writeRoutes()
  return result
}
