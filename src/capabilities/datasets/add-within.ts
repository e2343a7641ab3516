import { existsSync } from 'node:fs'
import type { AddedDataset, AddOptions } from './add.ts'
import { isCached } from './cache.ts'
import { cachedListing } from './dir-object.ts'
import { type DvcFile, dvcFileText, listsFiles, writeDvcFile } from './dvc-file.ts'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { hashPath, lookIntoFolder, storeListing } from './hash-path.ts'
import { type DirEntry, type Listing, listingEntries, listingOid, packListing } from './listing.ts'
import type { DataProject } from './project.ts'
import { outsOfDvcFile } from './tracked/outs.ts'
import { isWithin } from './tracked/paths.ts'
import { filesAsAdded } from './versioned/files-as-added.ts'

interface Within {
  /** Tracks the folder. */
  readonly existing: DvcFile
  readonly relative: string
}

/**
 * Changes a part of a tracked folder as DVC does: the other files need not be here, only the folder's listing. A path
 * that is gone leaves the listing.
 * @throws DATASET_NOT_FOUND, DATASET_NOT_IN_CACHE, DATASET_OVERLAPS
 */
export async function addWithin(
  project: DataProject,
  { existing, relative }: Within,
  { noCommit = false, ...options }: AddOptions,
): Promise<AddedDataset> {
  const { path: parent, hash: before } = existing
  if (before === null || !before.md5.endsWith('.dir') || before.legacy === true)
    throw datasetErrors.DATASET_OVERLAPS({
      detail: `${relative} lies in ${parent}, which is tracked as a whole`,
      path: relative,
      next: `Run \`ratchet add ${parent}\`: only what changed is read.`,
    })
  const part = relative.slice(parent.length + 1)
  const old = [...listingEntries(await listingBefore(project, existing, { md5: before.md5, part }))]
  const others = old.filter(({ relpath }) => !isWithin(relpath, part))
  const now = existsSync(fsPath(`${project.root}/${relative}`))
    ? await hashPath(project, relative, { ...options, store: !noCommit })
    : null
  if (now === null && others.length === old.length)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: relative, path: relative })
  const added = now === null ? [] : entriesUnder(part, now)
  const listing = packListing([...others, ...added])
  const md5 = noCommit ? listingOid(listing) : storeListing(project, listing)
  // As DVC: what replaced something has a size that nobody has added up.
  const onlyAdds = others.length === old.length && now !== null
  const size = md5 === before.md5 ? before.size : onlyAdds ? before.size + now.size : null
  const nfiles = listing.relpaths.length
  const recorded = { before: existing.outs[0]?.files ?? [], entries: listingEntries(listing) }
  const files = listsFiles(existing) ? filesAsAdded(project, parent, recorded) : undefined
  const known = { md5, nfiles, files, ...(size === null ? {} : { size }) }
  const text = dvcFileText(parent, known, existing)
  const wrote = writeDvcFile(project, existing.file, text)
  return {
    path: parent,
    file: existing.file,
    md5,
    size: size ?? 0,
    nfiles,
    changed: md5 !== before.md5,
    previousMd5: before.md5,
    written: wrote ? [existing.file] : [],
  }
}

// What was added with --no-commit is recorded and not yet in the cache: the folder itself still tells what is in it. In a
// clone that has nothing yet the listing comes from the remote, and of the folder only the part that is changed.
async function listingBefore(
  project: DataProject,
  tracked: DvcFile,
  { md5, part }: { readonly md5: string; readonly part: string },
): Promise<Listing> {
  if (isCached(project, md5)) return cachedListing(project, md5)
  const { path } = tracked
  if (existsSync(fsPath(`${project.root}/${path}`))) {
    const { listing, oid } = await lookIntoFolder(project, path, { store: false })
    if (oid === md5) return listing
  }
  const { fetchMissing } = await import('./fetch.ts')
  await fetchMissing(
    project,
    outsOfDvcFile(tracked).map((out) => ({ ...out, part })),
  )
  if (isCached(project, md5)) return cachedListing(project, md5)
  throw datasetErrors.DATASET_NOT_IN_CACHE({ detail: `the listing ${md5} of ${path}` })
}

function entriesUnder(
  part: string,
  { md5, entries }: { readonly md5: string; readonly entries?: Iterable<DirEntry> },
): readonly DirEntry[] {
  if (entries === undefined) return [{ relpath: part, md5 }]
  return [...entries].map(({ relpath, md5: file }) => ({
    relpath: `${part}/${relpath}`,
    md5: file,
  }))
}
