import { closeSync, constants, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { threadId } from 'node:worker_threads'
import { reach } from '../fault-points.ts'
import { writeAll } from '../workers/write-all.ts'

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
  /** What it is a copy of was verified. */
  readonly name: (oid: string) => void
}

const NONE: CopyAhead = { name: () => {} }

/** Copies a file that is whole, and that nobody changes any more. */
export async function copyAhead(whole: string, folder: string | null): Promise<CopyAhead> {
  if (folder === null) return NONE
  const path = unnamedIn(folder)
  try {
    await copyFile(whole, path, constants.COPYFILE_EXCL)
  } catch {
    return NONE
  }
  return { name: (oid) => nameOrRemove(path, oid) }
}

/** The same for a thread that writes both as it reads. */
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
