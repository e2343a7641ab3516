import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cachePath, isCached, storeBytes } from '../cache.ts'
import { encodeDirObject } from '../dir-object.ts'
import { fsPath } from '../file-names.ts'
import { hashPath, type PathHash } from '../hash-path.ts'
import { listingEntries, readListing } from '../listing.ts'
import type { DataProject } from '../project.ts'

/** What DVC 2 recorded of a path. */
export interface LegacyRecord {
  /** From the root. */
  readonly path: string
  readonly hash: PathHash
  /** The cache keeps the content: false for what Git versions, and for what a stage only reads. */
  readonly store: boolean
}

/** What DVC 3 says of the same content, or why that cannot be known. */
export type MigratedRecord = PathHash | 'changed' | 'missing'

/** Names in DVC 3 of objects of DVC 2. */
export type NewNames = ReadonlyMap<string, string>

/**
 * The record in DVC 3 of a content that DVC 2 recorded: from the workspace where it is unchanged, else from the cache.
 * A change that was not recorded before is not recorded by this.
 */
export async function migrateRecord(
  project: DataProject,
  { path, hash, store }: LegacyRecord,
  names: NewNames,
): Promise<MigratedRecord> {
  if (!existsSync(fsPath(join(project.root, path)))) return fromCache(project, hash, names)
  const found = await hashPath(project, path, { store: false, legacy: true })
  if (found.md5 !== hash.md5) return 'changed'
  const { entries: _, ...record } = await hashPath(project, path, { store })
  return record
}

async function fromCache(
  project: DataProject,
  { md5, isexec }: PathHash,
  names: NewNames,
): Promise<MigratedRecord> {
  if (!md5.endsWith('.dir')) {
    const name = names.get(md5)
    if (name === undefined) return 'missing'
    const { size } = statSync(cachePath(project, name))
    return { md5: name, size, ...(isexec === true ? { isexec } : {}) }
  }
  if (!isCached(project, md5, undefined, true)) return 'missing'
  const listed = [...listingEntries(readListing(cachePath(project, md5, true)))]
  const renamed = listed.map((entry) => ({ ...entry, md5: names.get(entry.md5) ?? '' }))
  if (renamed.some((entry) => entry.md5 === '')) return 'missing'
  const { oid, bytes } = encodeDirObject(renamed)
  await storeBytes(project, oid, bytes)
  const sizes = renamed.map((entry) => statSync(cachePath(project, entry.md5)).size)
  return { md5: oid, size: sizes.reduce((sum, size) => sum + size, 0), nfiles: renamed.length }
}
