import { join } from 'node:path'
import type { DataProject } from '../project.ts'
import type { HeldLock } from './flock.ts'
import { pathBlocker } from './rwlock.ts'
import { projectLock } from './try-lock.ts'
import { waitFor, type WaitOptions } from './wait.ts'

export interface RepoLockOptions extends WaitOptions {
  /** From the root: what will be written. Waits also for a stage of DVC that works on it. All when none is named. */
  readonly paths?: readonly string[] | undefined
}

/**
 * Runs the work while no other command of DVC or Ratchet changes data of this repository; waits for one that does.
 * It is DVC's own lock. Looking (`status`) needs none.
 * @throws DATASET_BUSY, DATASET_LOCK_UNAVAILABLE
 */
export async function withRepoLock<T>(
  project: Pick<DataProject, 'root'>,
  options: RepoLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { root } = project
  const lock = projectLock(root, join(root, '.dvc/tmp/lock'))
  const write = (options.paths ?? ['']).map((path) => (path === '' ? root : `${root}/${path}`))
  let held: HeldLock | null = null
  await waitFor(async () => {
    held ??= await lock.attempt()
    if (held === null) return { holder: lock.holder() }
    const blocker = pathBlocker(root, { read: [], write, cmd: 'ratchet' })
    if (blocker === null) return { got: true }
    // Let go meanwhile: the stage that is waited for needs the lock to end.
    held.release()
    held = null
    return { holder: `process ${blocker.pid} (${blocker.cmd})` }
  }, options)
  try {
    return await work()
  } finally {
    ;(held as HeldLock | null)?.release()
  }
}
