import { cachedLookup, cachePath, isCached } from './cache.ts'
import { md5At, readListing } from './listing.ts'
import type { DataProject } from './project.ts'
import type { SelectedOut } from './targets.ts'
import { isWithin } from './tracked/paths.ts'
import { filesOf } from './versioned/files-of.ts'
import { keepsVersions } from './versioned/recorded-files.ts'

/** Whether the cache has all of it; of what has no content yet it has nothing. */
export function isWhole(project: DataProject, out: SelectedOut): boolean {
  const { hash, part, origin } = out
  if (hash === null) return false
  if (origin !== undefined && keepsVersions(origin.dependency))
    return filesOf(project, out)?.every(({ md5 }) => isCached(project, md5)) === true
  const { md5, legacy } = hash
  if (!isCached(project, md5, undefined, legacy)) return false
  if (!md5.endsWith('.dir')) return true
  const listing = readListing(cachePath(project, md5, legacy))
  const cached = cachedLookup(project, listing.relpaths.length, legacy)
  return listing.relpaths.every(
    (relpath, index) =>
      (part !== null && !isWithin(relpath, part)) || cached(md5At(listing, index)),
  )
}
