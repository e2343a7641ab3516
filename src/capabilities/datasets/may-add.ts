import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { decideIgnored } from './ignore.ts'
import type { DataProject } from './project.ts'

/**
 * Refuses to track what `.dvcignore` leaves out, and what is reached through a link to a folder: DVC would stop at the
 * record that it left.
 * @throws DATASET_IGNORED, DATASET_OUTSIDE
 */
export function refuseAdd({ root }: DataProject, relative: string): void {
  const isFolder = statSync(fsPath(join(root, relative)), { throwIfNoEntry: false })?.isDirectory()
  const found = decideIgnored(root, relative, isFolder === true)
  if (found?.isIgnored === true)
    throw datasetErrors.DATASET_IGNORED({ detail: `${relative}, by ${found.rule}`, path: relative })
  const link = folders(relative, isFolder === true).find((folder) => isLink(join(root, folder)))
  if (link !== undefined)
    throw datasetErrors.DATASET_OUTSIDE({
      detail: `${link} is a link to a folder`,
      path: relative,
      next: 'Add the folder that it leads to, under its own name.',
    })
}

/** The folders on the way to a path, and itself when it is one. */
function folders(relative: string, withItself: boolean): readonly string[] {
  const parts = relative.split('/')
  const count = withItself ? parts.length : parts.length - 1
  return parts.slice(0, count).map((_, index) => parts.slice(0, index + 1).join('/'))
}

function isLink(absolute: string): boolean {
  return lstatSync(fsPath(absolute), { throwIfNoEntry: false })?.isSymbolicLink() === true
}
