import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseJson } from '../base/json.ts'
import { mainErrors } from './errors.ts'

interface Holder {
  readonly pid: number
  /** Start of the process in clock ticks since boot: a pid alone may have been given to another. */
  readonly startedTicks: string | null
}

/**
 * Takes the lock of a state folder for this process. Returns what gives it back.
 * @throws ALREADY_RUNNING when a living process holds it.
 */
export function takeLock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true })
  const mine = `${file}.${process.pid}`
  const me: Holder = { pid: process.pid, startedTicks: startedTicks(process.pid) }
  writeFileSync(mine, JSON.stringify(me))
  try {
    // A link is made or refused in one step, whoever else tries at the same time.
    while (!tryLink(mine, file)) {
      const holder = readHolder(file)
      if (holder !== null && isAlive(holder)) throw alreadyRunning(holder, file)
      removeIfThere(file)
    }
  } finally {
    removeIfThere(mine)
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) removeIfThere(file)
  }
}

function alreadyRunning(holder: Holder, file: string) {
  return mainErrors.ALREADY_RUNNING({ detail: `process ${holder.pid} holds it`, path: file })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

export function readHolder(file: string): Holder | null {
  try {
    const value = parseJson(readFileSync(file, 'utf8'))
    const holder = value as unknown as Holder | undefined
    return typeof holder?.pid === 'number' ? holder : null
  } catch {
    return null
  }
}

export function isAlive({ pid, startedTicks: ticks }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not allowed to signal it means that it lives and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return ticks === null || ticks === startedTicks(pid)
}

/** Field 22 of /proc/PID/stat; null where there is no such file (not Linux, or no such process). */
export function startedTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in parentheses and may hold spaces and parentheses itself.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? 'zombie' : (rest[18] ?? null)
  } catch {
    return null
  }
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
