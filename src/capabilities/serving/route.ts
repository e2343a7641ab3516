import { unitInterval } from '../../base/hash.ts'
import type { RoutedEndpoint, RoutedRollout } from './schema.ts'

export type Route =
  | { readonly arm: 'control'; readonly version: number; readonly shadow: RoutedRollout | null }
  | { readonly arm: 'canary'; readonly version: number; readonly rollout: RoutedRollout }

/**
 * Which version answers a request. The same key stays on the same side for as long as the rollout lasts,
 * and a growing fraction only ever adds keys. A new challenger shuffles anew; by its number and not by the rollout's id,
 * which has chance in it, so that a replay splits alike each time.
 */
export function decideRoute(endpoint: RoutedEndpoint, key: string): Route {
  const { rollout, champion, salt } = endpoint
  const control = { arm: 'control', version: champion.version, shadow: null } as const
  if (rollout === null || rollout.fraction <= 0) return control
  if (unitInterval(`${salt}:${rollout.version}:${key}`) >= rollout.fraction) return control
  return rollout.mode === 'shadow'
    ? { ...control, shadow: rollout }
    : { arm: 'canary', version: rollout.version, rollout }
}
