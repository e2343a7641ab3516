import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseJson } from '../../../base/json.ts'
import { writeAtomically } from '../write-atomically.ts'
import { isRunning } from './running.ts'
import { projectLock } from './try-lock.ts'
import { waitFor, type WaitOptions } from './wait.ts'

/** Who works on a path, as DVC writes it. */
interface Worker {
  readonly pid: number
  readonly cmd: string
}

/** `.dvc/tmp/rwlock`: paths that commands work on while they do not hold the lock of the whole repository. */
interface PathLocks {
  readonly write: Readonly<Record<string, Worker>>
  readonly read: Readonly<Record<string, readonly Worker[]>>
}

export interface PathClaims {
  /** Absolute. */
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** What is being done, for people. */
  readonly cmd: string
}

/**
 * Claims paths so that neither DVC nor another Ratchet works on them; waits for who does. Returns what gives them back.
 * @throws DATASET_BUSY
 */
export async function claimPaths(
  root: string,
  claims: PathClaims,
  options: WaitOptions = {},
): Promise<() => Promise<void>> {
  const me: Worker = { pid: process.pid, cmd: claims.cmd }
  await waitFor(async () => {
    const blocker = await edit(root, (locks) => {
      const found = blockerOf(locks, claims, me)
      return found === null ? [withClaims(locks, claims, me), null] : [null, found]
    })
    return blocker === null ? { got: true } : { holder: `process ${blocker.pid} (${blocker.cmd})` }
  }, options)
  return async () => {
    await edit(root, (locks) => [withoutClaims(locks, claims, me), null])
  }
}

/** Who claims a path that overlaps with these; null when nobody living does. */
export function pathBlocker(root: string, claims: PathClaims): Worker | null {
  return blockerOf(readLocks(root), claims, { pid: process.pid, cmd: claims.cmd })
}

type Edited<T> = readonly [PathLocks | null, T]

async function edit<T>(root: string, change: (locks: PathLocks) => Edited<T>): Promise<T> {
  const guard = projectLock(root, join(root, '.dvc/tmp/rwlock.lock'))
  let held = await guard.attempt()
  for (let attempt = 0; held === null && attempt < 200; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 15))
    held = await guard.attempt()
  }
  try {
    const [next, result] = change(readLocks(root))
    if (next !== null) writeAtomically(join(root, '.dvc/tmp/rwlock'), JSON.stringify(next))
    return result
  } finally {
    held?.release()
  }
}

function readLocks(root: string): PathLocks {
  try {
    const locks = parseJson(readFileSync(join(root, '.dvc/tmp/rwlock'), 'utf8'))
    const { read = {}, write = {} } = (locks ?? {}) as unknown as Partial<PathLocks>
    return { read, write }
  } catch {
    return { read: {}, write: {} }
  }
}

function blockerOf(locks: PathLocks, { read, write }: PathClaims, me: Worker): Worker | null {
  const writers = Object.entries(locks.write).map(([path, worker]) => ({ path, worker }))
  const readers = Object.entries(locks.read).flatMap(([path, workers]) =>
    workers.map((worker) => ({ path, worker })),
  )
  const blocks = (paths: readonly string[]) => {
    const overlaps = overlapsWith(paths)
    return ({ path, worker }: { readonly path: string; readonly worker: Worker }): boolean =>
      !(worker.pid === me.pid && worker.cmd === me.cmd) && overlaps(path) && isRunning(worker.pid)
  }
  const found = writers.find(blocks([...read, ...write])) ?? readers.find(blocks(write))
  return found?.worker ?? null
}

/** Whether a path is one of these, lies in one or holds one. Two runs of thousands of stages may ask it of each other. */
function overlapsWith(paths: readonly string[]): (path: string) => boolean {
  const own = new Set(paths)
  const above = new Set(paths.flatMap(foldersOf))
  return (path) =>
    own.has(path) || above.has(path) || foldersOf(path).some((folder) => own.has(folder))
}

function foldersOf(path: string): readonly string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersOf(above)]
}

function withClaims(locks: PathLocks, claims: PathClaims, me: Worker): PathLocks {
  const write = { ...locks.write, ...Object.fromEntries(claims.write.map((path) => [path, me])) }
  const read = { ...locks.read }
  for (const path of claims.read) read[path] = [...(read[path] ?? []), me]
  return { write, read }
}

function withoutClaims(locks: PathLocks, claims: PathClaims, me: Worker): PathLocks {
  const isMine = ({ pid, cmd }: Worker): boolean => pid === me.pid && cmd === me.cmd
  const [reading, writing] = [new Set(claims.read), new Set(claims.write)]
  const write = Object.entries(locks.write).filter(
    ([path, worker]) => !(writing.has(path) && isMine(worker)),
  )
  const read = Object.entries(locks.read)
    .map(
      ([path, workers]) =>
        [path, reading.has(path) ? workers.filter((one) => !isMine(one)) : workers] as const,
    )
    .filter(([, workers]) => workers.length > 0)
  return { write: Object.fromEntries(write), read: Object.fromEntries(read) }
}
