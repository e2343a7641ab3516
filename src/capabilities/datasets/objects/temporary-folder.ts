import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { DAY_MS, systemClock } from '../../../base/time.ts'
import { storageError } from '../../../storage/errors.ts'
import { makeStoreFolder } from '../cache-permissions.ts'

// Stores may be shared by machines, whose process numbers mean nothing to each other.
const HOST = hostname().replaceAll(/[^\w.-]/g, '_')
const PREFIX = 'ratchet~'

/**
 * A name for a folder of this process in a folder of unfinished files; what killed processes left there is removed.
 * The folder itself is made by who needs it.
 * @throws STORAGE_READ_ONLY, STORAGE_FULL
 */
export function temporaryFolder(root: string): string {
  makeFolder(root)
  for (const name of readdirSync(root))
    if (name.startsWith(PREFIX) && isStale(root, name))
      rmSync(join(root, name), { recursive: true, force: true })
  return join(root, `${PREFIX}${HOST}~${process.pid}~${randomBytes(6).toString('hex')}`)
}

// On a read-only file system Node says of a recursive mkdir that something does not exist; what is there knows better.
function makeFolder(folder: string): void {
  try {
    makeStoreFolder(folder)
  } catch (error) {
    let existing = dirname(folder)
    while (!existsSync(existing)) existing = dirname(existing)
    try {
      accessSync(existing, constants.W_OK)
    } catch (refusal) {
      throw storageError(refusal)
    }
    throw storageError(error)
  }
}

// Others may share the store and have work under way, so only what is surely dead goes.
function isStale(root: string, name: string): boolean {
  const [, host, pid] = name.split('~')
  if (host === HOST) return !isRunning(Number(pid))
  return (
    (statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) <
    systemClock.now() - 7 * DAY_MS
  )
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
