import type { RegistryUses } from '../capabilities/registry/index.ts'
import type { Purgeable } from '../capabilities/tracking/index.ts'

/** Why a deleted thing stays. */
export interface Kept {
  readonly id: string
  readonly reason: string
}

/** Splits deleted runs or logged models into those that may go and those that a living version stands on. */
export function splitByUse(
  candidates: readonly Purgeable[],
  { runIds, modelIds, locations }: RegistryUses,
): { readonly free: readonly Purgeable[]; readonly kept: readonly Kept[] } {
  const used = ({ id, artifactUri }: Purgeable): boolean =>
    runIds.has(id) ||
    modelIds.has(id) ||
    locations.some((location) => location === artifactUri || location.startsWith(`${artifactUri}/`))
  const reason = 'a registered version stands on it'
  return {
    free: candidates.filter((one) => !used(one)),
    kept: candidates.filter(used).map(({ id }) => ({ id, reason })),
  }
}
