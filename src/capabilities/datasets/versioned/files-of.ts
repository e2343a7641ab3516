import { cachePath, isCached } from '../cache.ts'
import { listingEntries, readListing } from '../listing.ts'
import type { DataProject } from '../project.ts'
import type { SelectedOut } from '../targets.ts'
import { isWithin } from '../tracked/paths.ts'
import type { RecordedFile } from './recorded-files.ts'

/**
 * All files of an out with what is recorded of each, whatever part of it was asked for. Null for a folder that is
 * recorded by its hash and whose listing the cache does not have.
 */
export function filesOf(
  project: DataProject,
  { hash, files }: Pick<SelectedOut, 'hash' | 'files'>,
): readonly RecordedFile[] | null {
  if (files !== undefined && files !== null) return files
  if (hash === null) return null
  const { md5, legacy = false, size, isexec = false } = hash
  if (!md5.endsWith('.dir')) return [{ relpath: '', md5, size, isexec, stored: null }]
  if (!isCached(project, md5, undefined, legacy)) return null
  const listing = readListing(cachePath(project, md5, legacy))
  const plain = { size: undefined, isexec: false, stored: null }
  return [...listingEntries(listing)].map((entry) => ({ ...entry, ...plain }))
}

/** Where a file lies on a remote that keeps names, and in the project. */
export function nameOf({ path }: Pick<SelectedOut, 'path'>, { relpath }: RecordedFile): string {
  return relpath === '' ? path : `${path}/${relpath}`
}

/** Whether a file belongs to what was asked for of its out. */
export function isAskedFor({ part }: Pick<SelectedOut, 'part'>, { relpath }: RecordedFile) {
  return part === null || isWithin(relpath, part)
}
