import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { pathInside } from '../containment.ts'
import { datasetErrors } from '../errors.ts'
import type { DataProject } from '../project.ts'
import { walkFiles } from '../walk.ts'

/**
 * Makes files of the workspace safe to edit: links into the cache become copies, read-only ones writable.
 * Returns the files that were changed, from the root. @throws DATASET_NOT_FOUND, DATASET_NOT_IN_CACHE, DATASET_OUTSIDE
 */
export function unprotectPath(project: DataProject, path: string): readonly string[] {
  const { absolute, relative } = pathInside(project.root, path)
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined && lstatSync(absolute, { throwIfNoEntry: false }) !== undefined)
    throw datasetErrors.DATASET_NOT_IN_CACHE({
      detail: `${relative} is a link that leads nowhere`,
      path: relative,
    })
  if (stats === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: relative, path: relative })
  const { sharedCache } = project
  if (!stats.isDirectory()) return unprotectFile(absolute, sharedCache) ? [relative] : []
  // All names first: what is made meanwhile is none of them.
  const files: string[] = []
  walkFiles(project, relative, ({ relpath }) => void files.push(`${relative}/${relpath}`))
  return files.filter((file) => unprotectFile(`${project.root}/${file}`, sharedCache))
}

function unprotectFile(absolute: string, shared: boolean): boolean {
  const stats = lstatSync(absolute)
  const mode = (statSync(absolute).mode & 0o111) === 0 ? 0o666 : 0o777
  const wanted = shared ? mode & 0o775 : mode & ~process.umask()
  if (!stats.isSymbolicLink() && stats.nlink === 1) {
    if ((stats.mode & 0o200) !== 0) return false
    chmodSync(absolute, wanted)
    return true
  }
  const name = `.${basename(absolute).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`
  const temporary = join(dirname(absolute), name)
  try {
    copyFileSync(absolute, temporary, constants.COPYFILE_FICLONE)
    chmodSync(temporary, wanted)
    renameSync(temporary, absolute)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
  return true
}
