import { readDvcSettings } from '../config.ts'
import { type HeldLock, lockHolder, tryFlock } from './flock.ts'
import { claimant, tryLinkLock, winnerOf } from './link-lock.ts'

/** One of DVC's locks, taken in the way that the project's configuration says. */
export interface ProjectLock {
  /** Null when somebody else has it. */
  readonly attempt: () => Promise<HeldLock | null>
  /** Who has it, for people. */
  readonly holder: () => string
}

/** @throws DATASET_LOCK_UNAVAILABLE */
export function projectLock(root: string, path: string): ProjectLock {
  const asked = readDvcSettings(root).get('core')?.get('hardlink_lock')?.text ?? ''
  if (!/^(true|yes|on|1)$/i.test(asked))
    return {
      attempt: () => tryFlock(path),
      holder: () => describe(lockHolder(path), 'another process'),
    }
  return {
    attempt: async () => tryLinkLock(path),
    holder: () =>
      describe(
        claimant(winnerOf(path) ?? ''),
        `another process (if none works here, remove ${path})`,
      ),
  }
}

function describe(pid: number | null, unknown: string): string {
  return pid === null ? unknown : `process ${pid}`
}
