import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isCached } from './cache.ts'
import { cachedListing } from './dir-object.ts'
import type { DirEntry } from './listing.ts'
import { listingEntries } from './listing.ts'
import { type DvcFile, readDvcFile } from './dvc-file.ts'
import { selectDvcFiles, trackedParent } from './find-files.ts'
import { hashPath } from './hash-path.ts'
import type { DataProject } from './project.ts'

export type DatasetState = 'unchanged' | 'modified' | 'deleted' | 'not_hashed'

export interface FileChanges {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly deleted: readonly string[]
}

export interface DatasetStatus {
  readonly file: string
  readonly path: string
  readonly state: DatasetState
  /** What the `.dvc` file says. */
  readonly tracked: string | null
  /** What the workspace holds. */
  readonly found: string | null
  /** The tracked content can be checked out. */
  readonly cached: boolean
  /** Of a folder that was modified, when its tracked listing is in the cache. */
  readonly changes: FileChanges | null
}

/** How the workspace differs from the `.dvc` files, reading only what changed since it was last hashed. */
export async function datasetStatus(
  project: DataProject,
  targets: readonly string[] = [],
): Promise<readonly DatasetStatus[]> {
  const statuses: DatasetStatus[] = []
  // Within a tracked folder the state is that of the whole, as with DVC.
  const tracked = targets.map((target) => trackedParent(project, target) ?? target)
  for (const file of selectDvcFiles(project, tracked))
    statuses.push(await oneStatus(project, readDvcFile(project, file)))
  return statuses
}

async function oneStatus(project: DataProject, tracked: DvcFile): Promise<DatasetStatus> {
  const { file, path, hash } = tracked
  const expected = hash?.md5 ?? null
  const cached = expected !== null && isCached(project, expected, undefined, hash?.legacy)
  const base = { file, path, tracked: expected, cached, changes: null }
  if (statSync(join(project.root, path), { throwIfNoEntry: false }) === undefined)
    return { ...base, state: 'deleted', found: null }
  const looking = { store: false, legacy: hash?.legacy, brokenLinks: 'absent' } as const
  const found = await hashPath(project, path, looking)
  if (expected === null) return { ...base, state: 'not_hashed', found: found.md5 }
  if (found.md5 === expected) return { ...base, state: 'unchanged', found: found.md5 }
  const listed = cached && expected.endsWith('.dir') && found.entries !== undefined
  const changes = listed
    ? compareEntries(listingEntries(cachedListing(project, expected, hash?.legacy)), found.entries)
    : null
  return { ...base, state: 'modified', found: found.md5, changes }
}

/** Which files of a folder were added, modified and deleted between two listings. */
export function compareEntries(before: Iterable<DirEntry>, after: Iterable<DirEntry>): FileChanges {
  const old = new Map(entryPairs(before))
  const now = new Map(entryPairs(after))
  return {
    added: [...now.keys()].filter((relpath) => !old.has(relpath)),
    modified: [...now].flatMap(([relpath, md5]) =>
      old.has(relpath) && old.get(relpath) !== md5 ? [relpath] : [],
    ),
    deleted: [...old.keys()].filter((relpath) => !now.has(relpath)),
  }
}

function* entryPairs(entries: Iterable<DirEntry>): Generator<readonly [string, string]> {
  for (const { relpath, md5 } of entries) yield [relpath, md5]
}
