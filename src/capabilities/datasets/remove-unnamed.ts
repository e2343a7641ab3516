import { readdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import { storageError } from '../../storage/errors.ts'
import { cachedLookup, isCached } from './cache.ts'
import type { CheckedOut } from './checkout-apply.ts'
import { pathInside } from './containment.ts'
import { reach } from './fault-points.ts'
import { fsPath } from './file-names.ts'
import { isGitTracked } from './git.ts'
import { hashPath, lookIntoFolder } from './hash-path.ts'
import { md5At } from './listing.ts'
import { nameFolding, withoutSpellings } from './name-limits.ts'
import { readPlaced } from './placed-paths.ts'
import type { DataProject } from './project.ts'
import { isTouched } from './tracked/paths.ts'
import type { TrackedOut } from './tracked/outs.ts'

/**
 * Takes away what a checkout or an add left in the workspace and nothing names any more, such as the data of another
 * branch, as DVC does. It goes only when all of it is in the cache as it is; what changed since stays, and so does
 * what Git tracks.
 */
export async function removeUnnamed(
  project: DataProject,
  named: readonly TrackedOut[],
): Promise<readonly CheckedOut[]> {
  const paths = new Set(named.map(({ path }) => path))
  const left = [...readPlaced(project)].filter((path) => !paths.has(path))
  const unnamed = withoutSpellings(left, paths, nameFolding(project.root))
  const removed: CheckedOut[] = []
  for (const path of unnamed) {
    if (paths.size > 0 && isTouched(path, [...paths])) continue
    const found = await removableFiles(project, path)
    if (found === null) continue
    for (const file of found.files) removeFile(project, file)
    if (found.isFolder) removeEmptyFolders(project, path)
    const made = { placed: [], replaced: [], relinked: [] }
    removed.push({ path, ...made, deleted: [path], isNew: false, isFolder: found.isFolder })
  }
  return removed
}

function removeFile(project: DataProject, file: string): void {
  reach('checkout: before an unnamed file goes')
  try {
    unlinkSync(fsPath(pathInside(project.root, file).absolute))
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw storageError(error)
  }
}

// What is left, such as names that .dvcignore leaves out, was saved nowhere and keeps its folder.
function removeEmptyFolders(project: DataProject, folder: string): void {
  const absolute = join(project.root, folder)
  for (const entry of readdirSync(fsPath(absolute), { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyFolders(project, `${folder}/${entry.name}`)
  try {
    rmdirSync(fsPath(absolute))
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as { code?: string }).code ?? ''))
      throw storageError(error)
  }
}

interface Removable {
  /** From the root. */
  readonly files: readonly string[]
  readonly isFolder: boolean
}

// Null for what must stay.
async function removableFiles(project: DataProject, path: string): Promise<Removable | null> {
  try {
    const { absolute } = pathInside(project.root, path)
    const stats = statSync(fsPath(absolute), { throwIfNoEntry: false })
    if (stats === undefined || (await isGitTracked(project, path))) return null
    for (const legacy of [false, true]) {
      const found = stats.isDirectory()
        ? await cachedFolder(project, path, legacy)
        : await cachedFile(project, path, legacy)
      if (found !== null) return found
    }
    return null
  } catch (error) {
    // What cannot be read, or lies behind a link that leads out, is not ours to take away.
    if (error instanceof RatchetError) return null
    throw error
  }
}

async function cachedFile(
  project: DataProject,
  path: string,
  legacy: boolean,
): Promise<Removable | null> {
  const { md5 } = await hashPath(project, path, { store: false, legacy })
  return isCached(project, md5, undefined, legacy) ? { files: [path], isFolder: false } : null
}

async function cachedFolder(
  project: DataProject,
  path: string,
  legacy: boolean,
): Promise<Removable | null> {
  const { listing } = await lookIntoFolder(project, path, { store: false, legacy })
  const has = cachedLookup(project, listing.relpaths.length, legacy)
  if (!listing.relpaths.every((_, index) => has(md5At(listing, index)))) return null
  return { files: listing.relpaths.map((relpath) => `${path}/${relpath}`), isFolder: true }
}
