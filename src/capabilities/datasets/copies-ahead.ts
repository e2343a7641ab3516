import { constants, copyFileSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fsPath } from './file-names.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import type { DataProject } from './project.ts'
import type { SelectedOut } from './targets.ts'

/**
 * Copies for the workspace that a fetch makes beside those for the cache, while it hashes them, so that a checkout need
 * not wait for that and then copy. They lie in a folder that nobody looks at, each under the name of its hash once that
 * is verified; the checkout after the fetch moves them to their places. What it does not want is thrown away.
 */
export interface CopiesAhead {
  /** Makes the folder. Null where a checkout would make no copies. */
  readonly begin: () => string | null
  /** Null as long as nothing has begun. */
  readonly folder: string | null
  readonly discard: () => void
}

export function openCopiesAhead(project: DataProject): CopiesAhead {
  let folder: string | null = null
  return {
    begin: () => (folder ??= makeFolder(project)),
    get folder() {
      return folder
    },
    discard: () => {
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
    },
  }
}

// A workspace that cannot be written is the checkout's to complain about, should it have something to do.
function makeFolder(project: DataProject): string | null {
  if (!project.linkTypes.includes('copy')) return null
  let folder: string | null = null
  try {
    folder = temporaryFolder(join(project.root, '.dvc/tmp'))
    mkdirSync(folder)
    if (makesCopies(project, folder)) return folder
  } catch {
    // As above.
  }
  if (folder !== null) rmSync(folder, { recursive: true, force: true })
  return null
}

// What a file system can do is known only when it was tried.
function makesCopies({ linkTypes, unfinishedFolder }: DataProject, folder: string): boolean {
  const [first, second] = linkTypes
  if (first !== 'reflink' || second !== 'copy') return first === 'copy'
  const probe = `${unfinishedFolder()}/probe`
  writeFileSync(probe, 'shared?')
  try {
    copyFileSync(probe, `${folder}/probe`, constants.COPYFILE_FICLONE_FORCE)
    return false
  } catch {
    return true
  } finally {
    rmSync(probe)
  }
}

/** Whether a checkout would make the out anew: it is not there, or is known to have another content. */
export function isLacking(project: DataProject, { path, hash }: SelectedOut): boolean {
  const absolute = `${project.root}/${path}`
  const stats = lstatSync(fsPath(absolute), { throwIfNoEntry: false })
  if (stats === undefined) return true
  const known = stats.isFile() ? project.state.lookup(absolute, stats) : null
  return known !== null && known !== hash?.md5
}
