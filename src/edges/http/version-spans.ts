import { toIso } from '../../base/time.ts'
import type { AliasChange } from '../../capabilities/registry/index.ts'
import type { VersionSpan } from './contract.ts'

export interface Rollback {
  /** The version that was taken back. */
  readonly version: number
  readonly at: number
}

/** When each version answered, from the history of the champion; one that came back has two spans. */
export function versionSpans(
  champions: readonly Pick<AliasChange, 'version' | 'at'>[],
  rollbacks: readonly Rollback[],
): readonly VersionSpan[] {
  return champions.flatMap(({ version, at }, index) => {
    if (version === null) return []
    const to = champions[index + 1]?.at ?? null
    const taken = rollbacks.some((rollback) => rollback.version === version && rollback.at === to)
    const ended = taken ? 'rolled_back' : 'retired'
    const status = to === null ? 'champion' : ended
    return [{ version, from: toIso(at), to: to === null ? null : toIso(to), status } as const]
  })
}
