import { readdirSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

/** A process, known again after its number has been given to another. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the system's own words; null when the system does not tell. */
  readonly startedAt: string | null
}

export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) }
}

/** Whether that very process still lives. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return exists(pid) && startedAt !== null && startOf(pid) === startedAt
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return startFromPs(pid)
  const fields = statFields(pid)
  return fields === null || fields[STATE] === 'Z' ? null : (fields[START] ?? null)
}

// Fields of /proc/PID/stat, counted after the name, which stands in parentheses and may hold anything.
const STATE = 0
const GROUP = 2
const START = 19

function statFields(pid: number | string): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

function startFromPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

/** Whether the group outlived its leader. While it does, the system gives its number to nobody else. */
export function hasMembersOnly(leader: number): boolean {
  return startOf(leader) === null && groupExists(leader)
}

const GRACE_MS = 2000
const LOOK_MS = 20

/** Ends a process group: asks, waits two seconds, then insists. Resolves when no member is left. */
export async function killGroup(leader: number): Promise<void> {
  signalGroup(leader, 'SIGTERM')
  for (let waited = 0; waited < GRACE_MS && groupExists(leader); waited += LOOK_MS) await pause()
  signalGroup(leader, 'SIGKILL')
  for (let waited = 0; waited < GRACE_MS && groupExists(leader); waited += LOOK_MS) await pause()
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}

function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // It has ended already.
  }
}

// A dead process whose parent does not collect it (a container without an init) still counts for the system,
// so where it can be told, only the living are looked for.
function groupExists(leader: number): boolean {
  try {
    process.kill(-leader, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return numbers.some((pid) => {
    const fields = statFields(pid)
    return fields?.[GROUP] === String(leader) && fields[STATE] !== 'Z'
  })
}
