import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'

// A project may be shared by machines, whose process numbers mean nothing to each other.
const HOST = hostname()
  .replaceAll(/[^\w-]/g, '_')
  .slice(0, 40)

/** A name beside a file for its next content; what a killed process leaves under such a name is swept. */
export function temporaryBeside(path: string): string {
  const name = basename(path).slice(0, 150)
  return join(
    dirname(path),
    `.${name}.${HOST}~${process.pid}~${randomBytes(6).toString('hex')}.tmp`,
  )
}

const UNFINISHED = /^\..*\.([\w-]+)~(\d+)~[0-9a-f]{12}\.tmp$/
const swept = new Set<string>()

/** Removes what killed processes left half written in a folder, once a process: Git would show it for ever. */
export function sweepUnfinished(folder: string): void {
  if (swept.has(folder)) return
  swept.add(folder)
  for (const name of namesIn(folder)) {
    const [, host, pid] = UNFINISHED.exec(name) ?? []
    if (host === HOST && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // The write that follows says what is wrong with the folder.
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
