import { statSync } from 'node:fs'
import { cachePath } from './cache.ts'
import { datasetErrors } from './errors.ts'
import {
  type DirEntry,
  encodeListing,
  listingEntries,
  listingOid,
  type Listing,
  packListing,
  readListing,
} from './listing.ts'
import type { DataProject } from './project.ts'

export type { DirEntry }

/** The listing of a folder in DVC's bytes and its name. */
export function encodeDirObject(entries: readonly DirEntry[]): { oid: string; bytes: Buffer } {
  const listing = packListing(entries)
  return { oid: listingOid(listing), bytes: Buffer.concat([...encodeListing(listing)]) }
}

/** The entries of a listing of the cache, in order. @throws as `cachedListing` */
export function readDirObject(project: DataProject, oid: string): readonly DirEntry[] {
  return [...listingEntries(cachedListing(project, oid))]
}

/** A listing of the cache, packed. @throws DATASET_NOT_IN_CACHE and as `readListing` */
export function cachedListing(project: DataProject, oid: string, legacy = false): Listing {
  const path = cachePath(project, oid, legacy)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return readListing(path)
  throw datasetErrors.DATASET_NOT_IN_CACHE({ detail: `the listing ${oid}`, path })
}
