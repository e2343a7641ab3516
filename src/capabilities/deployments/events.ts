import type { EventInput } from '../../events/index.ts'
import type { Rollout } from './schema.ts'

type RolloutEventType =
  | 'deployments.rollout_started'
  | 'deployments.rollout_stepped'
  | 'deployments.rollout_paused'
  | 'deployments.rollout_resumed'
  | 'deployments.promoted'
  | 'deployments.aborted'

/** `step` is the rollout's step as ratchet.yaml writes it: `shadow 3d`. */
export function rolloutEvent(
  type: RolloutEventType,
  rollout: Rollout,
  { step, causedBy }: { readonly step: string; readonly causedBy: string | null },
): EventInput {
  const { id, endpoint, model, version, champion, reason } = rollout
  const failed = rollout.guards.find(({ verdict }) => verdict === 'failed')?.guard ?? null
  const data = { rollout_id: id, endpoint, model, version, champion, step, reason, check: failed }
  return { type, subject: `endpoint:${endpoint}`, data, causedBy }
}

export interface ChampionChange {
  readonly endpoint: string
  readonly model: string
  readonly version: number
  readonly previous: number | null
  readonly reason: string
  /** The rollout that a rollback ended, if one was under way. */
  readonly rolloutId: string | null
  readonly causedBy: string | null
}

export function championEvent(
  type: 'deployments.endpoint_created' | 'deployments.switched' | 'deployments.rolled_back',
  { endpoint, model, version, previous, reason, rolloutId, causedBy }: ChampionChange,
): EventInput {
  const data = { rollout_id: rolloutId, endpoint, model, version, previous, step: null, reason }
  return { type, subject: `endpoint:${endpoint}`, data, causedBy }
}
