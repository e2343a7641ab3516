import { lstatSync, mkdirSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import { type CheckoutPlan } from './checkout-plan.ts'
import { pathInside } from './containment.ts'
import { reach } from './fault-points.ts'
import { fsPath } from './file-names.ts'
import type { DataProject } from './project.ts'

/**
 * A folder that is not in the workspace yet is filled where nobody looks and gets its name once it is whole: it comes
 * entirely or not at all, and its files need no rename each, which would be a fifth of the work again.
 */
export interface FreshFolder {
  readonly folder: string
  /** Gives it its name; false where it lies on another file system than its place. */
  readonly name: () => boolean
}

/** Null where something is there already, or where a folder could not be moved into place. */
export function freshFolder(
  project: DataProject,
  { path, isFolder }: CheckoutPlan,
  temporaries: string,
): FreshFolder | null {
  const top = pathInside(project.root, path).absolute
  if (!isFolder || lstatSync(fsPath(top), { throwIfNoEntry: false }) !== undefined) return null
  if (deviceOf(dirname(top)) !== deviceOf(temporaries)) return null
  const folder = join(realpathSync(temporaries), 'tree')
  mkdirSync(folder)
  return { folder, name: () => nameFolder(project, { folder, path }) }
}

/** Fills the folder and gives it its name; where that cannot be, fills its place file by file. */
export async function fillFresh<T>(
  fresh: FreshFolder | null,
  fill: (fresh: FreshFolder | null) => Promise<T>,
): Promise<T> {
  const filled = await fill(fresh)
  return fresh === null || fresh.name() ? filled : fill(null)
}

function nameFolder(
  project: DataProject,
  { folder, path }: { readonly folder: string; readonly path: string },
): boolean {
  // Again, at the last moment: a folder on the way may have become a link since the plan was made.
  const top = pathInside(project.root, path).absolute
  reach('checkout: folder whole')
  try {
    mkdirSync(fsPath(dirname(top)), { recursive: true })
    renameSync(folder, fsPath(top))
    return true
  } catch (error) {
    // Two mounts of one device.
    if ((error as { code?: string }).code === 'EXDEV') return false
    throw storageError(error)
  }
}

function deviceOf(folder: string): number {
  const stats = statSync(fsPath(folder), { throwIfNoEntry: false })
  return stats === undefined ? deviceOf(dirname(folder)) : stats.dev
}
