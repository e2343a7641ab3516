import { sha256 } from '../../base/hash.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { Alongside, DeploymentsDeps } from './deps.ts'
import { deploymentErrors } from './errors.ts'
import { championEvent } from './events.ts'
import type { Endpoint, Rollout } from './schema.ts'
import {
  findEndpoint,
  insertEndpoint,
  listRollouts,
  rolloutsUnderWay,
  updateChampion,
  updateRollout,
} from './store.ts'
import { commit, endRollout, loadEndpoint, replaceChampion } from './transitions.ts'

export interface EnsureEndpointInput extends Alongside {
  readonly endpoint: string
  readonly model: string
  /** Its first champion. */
  readonly version: number
}

/** Creates the endpoint with its first champion; one that is there stays as it is. */
export async function ensureEndpoint(
  deps: DeploymentsDeps,
  input: EnsureEndpointInput,
): Promise<Endpoint> {
  const { endpoint, model, version, causedBy } = input
  await deps.locateModel(model, version)
  return await commit(deps, input, async (tx) => {
    const present = await findEndpoint(tx, endpoint)
    if (present !== null) return present
    // From the names, not from chance: a replay splits its keys the same way each time.
    const salt = sha256(`${model}/${endpoint}`).slice(0, 16)
    await insertEndpoint(tx, { endpoint, model, champion: version, history: [], salt })
    await deps.setChampion(tx, { model, version, causedBy })
    const reason = `Version ${version} is the first champion`
    const change = { endpoint, model, version, previous: null, reason, rolloutId: null, causedBy }
    await deps.publish(tx, championEvent('deployments.endpoint_created', change))
    return await loadEndpoint(tx, endpoint)
  })
}

export interface SwitchInput extends Alongside {
  readonly endpoint: string
  readonly version: number
  readonly reason: string
}

/**
 * Makes a version the champion at once, without steps: blue-green, and what follows when somebody moves the registry's alias.
 * Does nothing where it is the champion already. A rollout under way is aborted.
 * @throws ENDPOINT_UNKNOWN
 */
export async function switchChampion(deps: DeploymentsDeps, input: SwitchInput): Promise<Endpoint> {
  const { endpoint: name, version, reason, causedBy } = input
  const before = await loadEndpoint(deps.database.query, name)
  await deps.locateModel(before.model, version)
  return await commit(deps, input, async (tx) => {
    const endpoint = await loadEndpoint(tx, name)
    if (endpoint.champion === version) return endpoint
    const rollout = await abortUnderWay(deps, tx, { endpoint: name, reason, causedBy })
    await replaceChampion(deps, tx, { endpoint, version, causedBy })
    const change = { endpoint: name, model: endpoint.model, version, previous: endpoint.champion }
    const event = { ...change, reason, rolloutId: rollout?.id ?? null, causedBy }
    await deps.publish(tx, championEvent('deployments.switched', event))
    return await loadEndpoint(tx, name)
  })
}

export interface RollbackInput extends Alongside {
  readonly endpoint: string
  readonly reason?: string | undefined
}

/**
 * The last champion before this one answers again, at once. A rollout under way is aborted.
 * @throws ENDPOINT_UNKNOWN, ROLLBACK_IMPOSSIBLE
 */
export async function rollback(deps: DeploymentsDeps, input: RollbackInput): Promise<Endpoint> {
  const { endpoint: name, causedBy } = input
  return await commit(deps, input, async (tx) => {
    const endpoint = await loadEndpoint(tx, name)
    const { model, champion: previous, history } = endpoint
    const version = history.at(-1)
    if (version === undefined)
      throw deploymentErrors.ROLLBACK_IMPOSSIBLE({
        detail: `Version ${previous} is the only champion that "${name}" has had.`,
      })
    const reason = input.reason ?? `Rolled back from version ${previous} to ${version} by hand`
    const rollout = await abortUnderWay(deps, tx, { endpoint: name, reason, causedBy })
    await markRolledBack(tx, { endpoint: name, version: previous, reason })
    await updateChampion(tx, { endpoint: name, champion: version, history: history.slice(0, -1) })
    await deps.setChampion(tx, { model, version, causedBy })
    const change = { endpoint: name, model, version, previous, reason, causedBy }
    const event = { ...change, rolloutId: rollout?.id ?? null }
    await deps.publish(tx, championEvent('deployments.rolled_back', event))
    return await loadEndpoint(tx, name)
  })
}

/** The rollout that had brought the version says how it ended after all. */
async function markRolledBack(
  tx: Tx,
  { endpoint, version, reason }: { endpoint: string; version: number; reason: string },
): Promise<void> {
  const rollouts = await listRollouts(tx, { endpoint })
  const brought = rollouts.find(
    (rollout) => rollout.version === version && rollout.state === 'promoted',
  )
  if (brought !== undefined) await updateRollout(tx, { ...brought, state: 'rolled_back', reason })
}

/** Ends the endpoint's rollout, if there is one. */
export async function abortUnderWay(
  deps: DeploymentsDeps,
  tx: Tx,
  why: { endpoint: string; reason: string; causedBy: string | null },
): Promise<Rollout | null> {
  const [rollout] = await rolloutsUnderWay(tx, why.endpoint)
  if (rollout === undefined) return null
  const ending = { ...rollout, reason: why.reason }
  return await endRollout(deps, tx, { rollout: ending, state: 'aborted', causedBy: why.causedBy })
}
