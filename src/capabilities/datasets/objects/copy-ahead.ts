import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { threadId } from 'node:worker_threads'
import { reach } from '../fault-points.ts'
import { writeAll } from '../workers/write-all.ts'
import { writeParts } from './file-parts.ts'

/** Where copies for the workspace go, of so many of the first files. */
export interface Ahead {
  readonly folder: string
  readonly count: number
}

export function aheadFolder(ahead: Ahead | undefined, index: number): string | null {
  return ahead !== undefined && index < ahead.count ? ahead.folder : null
}

/**
 * The copy for the workspace, beside that for the cache. That it fails is no fault of the fetch: the checkout then makes
 * it anew, and says what is wrong.
 */
export interface CopyAhead {
  readonly write: (bytes: Buffer) => Promise<void>
  /** Gives it the name of its hash; null where that is not what it should be. */
  readonly end: (oid: string | null) => Promise<void>
}

const NONE: CopyAhead = { write: async () => {}, end: async () => {} }

export async function openCopyAhead(folder: string | null): Promise<CopyAhead> {
  const path = folder === null ? null : unnamedIn(folder)
  const file = path === null ? null : await open(path, 'wx').catch(() => null)
  if (path === null || file === null) return NONE
  const writer = writeParts(file, { sync: false })
  let isOpen = true
  return {
    // The room that it took is the cache's first.
    write: (bytes) => writer.write(bytes).catch(() => file.truncate().catch(() => {})),
    end: async (oid) => {
      if (!isOpen) return
      isOpen = false
      const isWhole = await writer.finish().then(
        () => true,
        () => false,
      )
      await file.close()
      nameOrRemove(path, isWhole ? oid : null)
    },
  }
}

/** The same for a thread that waits for each call. */
export interface CopyAheadSync {
  readonly write: (bytes: Buffer) => void
  readonly end: (oid: string | null) => void
}

export function openCopyAheadSync(folder: string): CopyAheadSync {
  const path = unnamedIn(folder)
  let file = attempt(() => openSync(path, 'wx'))
  const close = (oid: string | null): void => {
    if (file === null) return
    closeSync(file)
    file = null
    nameOrRemove(path, oid)
  }
  return {
    write: (bytes) => {
      const target = file
      if (target === null) return
      const wrote = attempt(() => {
        writeAll(target, bytes)
        return true
      })
      if (wrote === null) close(null)
    },
    end: close,
  }
}

let copies = 0
function unnamedIn(folder: string): string {
  return `${folder}/unnamed-${threadId}-${copies++}`
}

function nameOrRemove(path: string, oid: string | null): void {
  attempt(() =>
    oid === null ? rmSync(path, { force: true }) : renameSync(path, `${dirname(path)}/${oid}`),
  )
  reach('copy-ahead: ended')
}

function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

/**
 * Moves the copy of an object to where it is wanted; false where there is none. By a link, for that is refused where a
 * rename would replace what has the name already.
 */
export function takeCopyAhead(folder: string, object: string, target: string | Buffer): boolean {
  const copy = `${folder}/${basename(dirname(object))}${basename(object)}`
  try {
    linkSync(copy, target)
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') throw error
    return false
  }
  reach('copy-ahead: linked')
  rmSync(copy)
  return true
}
