import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '../../base/json.ts'
import { pipelineErrors } from './errors.ts'
import { identify, isAlive, type ProcessIdentity } from './processes.ts'

/**
 * Keeps two `repro` of Ratchet out of one project. Returns the release.
 * The lock of a process that was killed is taken over. @throws PIPELINE_BUSY
 */
export function acquireRunLock(stateDir: string): () => void {
  const folder = join(stateDir, 'run')
  const lock = join(folder, 'repro.lock')
  mkdirSync(folder, { recursive: true })
  const own = join(folder, `repro.${process.pid}.tmp`)
  // Written whole before it has its name, so that nobody reads half an owner.
  writeFileSync(own, JSON.stringify(identify(process.pid)))
  try {
    if (!tryLink(own, lock)) {
      takeFromTheDead(lock)
      if (!tryLink(own, lock)) throw busy('another process was faster')
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(lock, { force: true })
}

function tryLink(own: string, lock: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

function takeFromTheDead(lock: string): void {
  const owner = parseJson(readOrEmpty(lock)) as ProcessIdentity | null | undefined
  if (owner && isAlive(owner)) throw busy(`process ${owner.pid}`)
  const stale = `${lock}.${process.pid}.stale`
  try {
    renameSync(lock, stale)
  } catch {
    // Somebody else took it away first.
  }
  rmSync(stale, { force: true })
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function busy(detail: string) {
  return pipelineErrors.PIPELINE_BUSY({ detail })
}
