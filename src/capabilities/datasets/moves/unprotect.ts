import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { pathInside } from '../containment.ts'
import { datasetErrors } from '../errors.ts'
import { reach } from '../fault-points.ts'
import { temporaryFolder } from '../objects/temporary-folder.ts'
import type { DataProject } from '../project.ts'
import { walkFiles } from '../walk.ts'
import { moveInto } from '../workers/place.ts'

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
  // Not beside the files: what a kill leaves there would be taken for data.
  const folder = temporaryFolder(join(project.root, '.dvc/tmp'))
  const isChanged = (file: string): boolean =>
    unprotectFile(file, { shared: sharedCache, temporary: join(folder, 'copy') })
  try {
    mkdirSync(folder)
    if (!stats.isDirectory()) return isChanged(absolute) ? [relative] : []
    const files: string[] = []
    walkFiles(project, relative, ({ relpath }) => void files.push(`${relative}/${relpath}`))
    return files.filter((file) => isChanged(`${project.root}/${file}`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unprotectFile(
  absolute: string,
  { shared, temporary }: { readonly shared: boolean; readonly temporary: string },
): boolean {
  const stats = lstatSync(absolute)
  const mode = (statSync(absolute).mode & 0o111) === 0 ? 0o666 : 0o777
  const wanted = shared ? mode & 0o775 : mode & ~process.umask()
  if (!stats.isSymbolicLink() && stats.nlink === 1) {
    if ((stats.mode & 0o200) !== 0) return false
    chmodSync(absolute, wanted)
    return true
  }
  try {
    copyFileSync(absolute, temporary, constants.COPYFILE_FICLONE)
    chmodSync(temporary, wanted)
    reach('unprotect: copy made')
    moveInto(temporary, absolute)
    reach('unprotect: in place')
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error)
  }
  return true
}
