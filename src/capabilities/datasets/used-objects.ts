import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RatchetError } from '../../base/errors.ts'
import { cachePath, isCached } from './cache.ts'
import { datasetErrors } from './errors.ts'
import { type Listing, md5At, readListing } from './listing.ts'
import { OidSet } from './objects/oid-set.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import type { DataProject } from './project.ts'
import { TEMPORARY_FOLDER } from './remotes/local.ts'
import { openRemote } from './remotes/open.ts'
import type { Remote } from './remotes/port.ts'
import { absentFrom } from './remotes/presence.ts'
import { withRetries } from './remotes/retry.ts'
import { receiveFile } from './remotes/transfer.ts'
import { type CommitScope, revisionOuts } from './revision-outs.ts'
import type { SelectedOut } from './targets.ts'
import type { ReadStageOuts } from './tracked/outs.ts'

export interface UsedOptions {
  readonly scope: CommitScope
  readonly readStageOuts?: ReadStageOuts | undefined
  /** Also what lies on the remote. */
  readonly cloud?: boolean | undefined
  readonly remote?: string | undefined
  /** Other projects with the same cache or remote: what the scope means in them stays too. */
  readonly projects?: readonly DataProject[] | undefined
  /** A commit whose files cannot be read uses nothing; otherwise it ends the collection. */
  readonly skipFailed?: boolean | undefined
  /** A folder whose listing is nowhere at hand uses no files; otherwise it ends the collection. */
  readonly allowMissing?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Used {
  readonly files: OidSet
  readonly listings: ReadonlySet<string>
}

/** Everything that the scope refers to. @throws DATASET_NOT_IN_CACHE for a listing that is nowhere at hand */
export async function usedObjects(project: DataProject, options: UsedOptions): Promise<Used> {
  const { scope, readStageOuts, signal, skipFailed } = options
  const files = new OidSet()
  const listings = new Set<string>()
  for (const user of [project, ...(options.projects ?? [])]) {
    const remotes = openedOnce(user)
    try {
      for (const out of await revisionOuts(user, scope, readStageOuts, { signal, skipFailed })) {
        const { hash } = out
        // What is listed in the record itself is used, whether or not the cache has the listing.
        for (const { md5 } of out.files ?? []) if (md5 !== '') files.add(md5)
        if (hash === null) continue
        if (!hash.md5.endsWith('.dir')) files.add(hash.md5)
        if (!hash.md5.endsWith('.dir') || listings.has(hash.md5)) continue
        listings.add(hash.md5)
        const listing = await listingOf(user, out, { ...options, remotes })
        const count = listing?.relpaths.length ?? 0
        for (let index = 0; listing !== null && index < count; index++)
          files.add(md5At(listing, index))
      }
    } finally {
      await remotes.close()
    }
  }
  return { files, listings }
}

interface Remotes {
  readonly open: (name: string | undefined) => Promise<Remote>
  readonly close: () => Promise<void>
}

// A clone with an empty cache asks one remote for every listing there is.
function openedOnce(project: DataProject): Remotes {
  const opened = new Map<string | undefined, Remote>()
  return {
    open: async (name) => {
      const remote = opened.get(name) ?? (await openRemote(project, name))
      opened.set(name, remote)
      return remote
    },
    close: async () => {
      for (const remote of opened.values()) await remote.close()
    },
  }
}

interface Looking extends UsedOptions {
  readonly remotes: Remotes
}

// Without its listing the files of a folder cannot be told from garbage: one that is not at hand ends the collection.
async function listingOf(
  project: DataProject,
  out: SelectedOut,
  options: Looking,
): Promise<Listing | null> {
  const { md5: oid = '', legacy = false } = out.hash ?? {}
  if (isCached(project, oid, undefined, legacy)) return readListing(cachePath(project, oid, legacy))
  // What is named in the record needs no listing; what another repository keeps can be imported again.
  const isElsewhere = out.isImport && !out.push
  if ((out.files ?? []).length > 0 || isElsewhere) return null
  let reason = 'no remote has it'
  try {
    const listing = await remoteListing(project, out, options)
    if (listing !== null) return listing
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error
    reason = `it could not be fetched (${error.detail})`
  }
  if (options.allowMissing === true) return null
  throw datasetErrors.DATASET_NOT_IN_CACHE({
    detail: `${oid}, the listing of ${out.path} (${out.declaredBy}), is not in the cache and ${reason}: which files the folder uses is not known, so nothing was removed`,
    path: out.path,
    next: 'Restore the listing, such as with `ratchet fetch` from the remote that has it, or repeat with --allow-missing: what only this folder uses is then removed.',
  })
}

async function remoteListing(
  project: DataProject,
  out: SelectedOut,
  options: Looking,
): Promise<Listing | null> {
  const { md5: oid = '', legacy = false } = out.hash ?? {}
  const remote = await options.remotes.open(options.remote ?? out.remote ?? undefined)
  const absent = await absentFrom(remote, [oid], { legacy })
  if (absent.size > 0) return null
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  const path = join(folder, oid)
  try {
    mkdirSync(folder, { recursive: true })
    await withRetries(() => receiveFile(remote, { oid, legacy, path }, options), options)
    return readListing(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
