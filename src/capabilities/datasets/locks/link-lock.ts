import { randomBytes } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { DAY_MS, SECOND_MS, systemClock } from '../../../base/time.ts'
import { storageError } from '../../../storage/errors.ts'
import { isRunning } from './running.ts'
import type { HeldLock } from './flock.ts'

const LIFETIME_MS = 365 * DAY_MS
/** Clocks of machines may differ by this much. */
const SLOP_MS = 10 * SECOND_MS
const HOST = hostname().replaceAll(/[^\w.-]/g, '_')

/**
 * Tries once to take a lock as DVC does with `core.hardlink_lock`, for file systems that do not know flock: who makes
 * the second link has it (flufl.lock). It lasts a year unless it is given back; one of ours whose process is dead is
 * taken away. Null when somebody has it.
 */
export function tryLinkLock(path: string): HeldLock | null {
  const folder = dirname(path)
  const claim = join(
    folder,
    `ratchet~${HOST}~${process.pid}~${randomBytes(6).toString('hex')}.lock`,
  )
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(claim, claim)
    const until = (systemClock.now() + LIFETIME_MS) / SECOND_MS
    utimesSync(claim, until, until)
    if (tryLink(claim, path)) return { release: () => release(claim, path) }
    rmSync(claim, { force: true })
    breakDead(path)
    return null
  } catch (error) {
    throw storageError(error)
  }
}

function tryLink(claim: string, path: string): boolean {
  try {
    linkSync(claim, path)
    return true
  } catch (error) {
    // On a network the answer may be lost after the link was made: the count of links tells.
    if (statSync(claim).nlink === 2) return true
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

function release(claim: string, path: string): void {
  if (winnerOf(path) === claim) rmSync(path, { force: true })
  rmSync(claim, { force: true })
}

/** The claim of who has the lock; null when nobody has. */
export function winnerOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** The process of a claim of ours on this machine; null for those of others. */
export function claimant(claim: string): number | null {
  const [, host, pid] = /ratchet~([\w.-]+)~(\d+)~[0-9a-f]+\.lock$/.exec(claim) ?? []
  return host === HOST ? Number(pid) : null
}

function breakDead(path: string): void {
  const winner = winnerOf(path)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (winner === null || stats === undefined) return
  const pid = claimant(winner)
  const isDead = pid !== null && !isRunning(pid)
  if (!isDead && systemClock.now() <= stats.mtimeMs + SLOP_MS) return
  // Read again, so that a lock that was given to another meanwhile stays.
  if (winnerOf(path) !== winner) return
  rmSync(path, { force: true })
  if (pid !== null) rmSync(winner, { force: true })
}
