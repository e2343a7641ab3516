import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cachedLookup, cachePath, isCached } from './cache.ts'
import { RatchetError } from '../../base/errors.ts'
import { type CopiesAhead, isLacking } from './copies-ahead.ts'
import type { FollowImports } from './imports/follow-repository.ts'
import { comesFromSource, type SourcedOut } from './imports/origin.ts'
import { reach } from './fault-points.ts'
import type { PathHash } from './hash-path.ts'
import { type Listing, md5At, readListing } from './listing.ts'
import type { Ahead } from './objects/copy-ahead.ts'
import { OidList } from './objects/oid-list.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import { type SelectedOut, selectOuts } from './targets.ts'
import type { DataProject } from './project.ts'
import { byRemote, isWithin, type OutGroup, type PushOptions, withRemote } from './push.ts'
import { TEMPORARY_FOLDER } from './remotes/local.ts'
import { openAnyRemote } from './remotes/open.ts'
import type { Remote } from './remotes/port.ts'
import { presentOn } from './remotes/presence.ts'
import { defaultRemote } from './remotes/settings.ts'
import { receiveRunCache } from './remotes/run-cache.ts'
import { withRetries } from './remotes/retry.ts'
import { receiveFile, receiveObjects } from './remotes/transfer.ts'
import { publishFile } from './workers/publish.ts'
import { fetchVersions } from './versioned/fetch.ts'
import { keepsVersions } from './versioned/recorded-files.ts'

export interface Fetched {
  /** Objects that were brought. */
  readonly fetched: number
  /** What neither the cache nor the remote has. */
  readonly missing: readonly string[]
  /** By path: the content of imports whose record names none. */
  readonly contents?: ReadonlyMap<string, PathHash> | undefined
}

export interface FetchOptions extends PushOptions {
  /** How to ask the repositories that imports came from; without it only remotes are asked. */
  readonly follow?: FollowImports | undefined
  /** Where a checkout follows. */
  readonly ahead?: CopiesAhead | undefined
}

/**
 * Brings into the cache what it does not have; every object is hashed on its way.
 * @throws DATASET_REMOTE_CORRUPT for wrong bytes, which are not kept; what came before is
 */
export async function fetchDatasets(
  project: DataProject,
  targets: readonly string[] = [],
  options: FetchOptions = {},
): Promise<Fetched> {
  const outs = options.outs ?? (await selectOuts(project, targets, options))
  const sourced = outs.filter(comesFromSource)
  const stored = outs.filter((out) => isStored(project, out, options))
  let fetched = 0
  const missing: string[] = []
  for (const group of byRemote(stored, options.remote)) {
    const remote = await openAnyRemote(project, group.remote)
    try {
      const came =
        remote.versioned === undefined
          ? await fetchGroup(project, remote, { ...group, options })
          : await fetchVersions(project, remote, group.outs, options)
      fetched += came.fetched
      missing.push(...came.missing)
    } finally {
      await remote.close()
    }
  }
  const came = await fromSources(project, sourced, options)
  fetched += came?.fetched ?? 0
  if (options.runCache === true) fetched += await withRemote(project, options, receiveRunCache)
  const left = missing.filter((oid) => came === null || !isCached(project, oid))
  return { fetched, missing: left, contents: came?.contents }
}

// To open another repository fetches itself: what it needs is loaded where it is needed.
async function fromSources(
  project: DataProject,
  outs: readonly SourcedOut[],
  { follow }: FetchOptions,
) {
  if (outs.length === 0) return null
  const { fetchFromSource } = await import('./imports/fetch-from-source.ts')
  return fetchFromSource(project, outs, follow)
}

// What was imported from a repository may lie in a remote here, too; where there is none, only its source has it.
function isStored(project: DataProject, out: SelectedOut, options: FetchOptions): boolean {
  if (out.origin !== undefined && keepsVersions(out.origin.dependency)) return false
  if (options.follow === undefined || !comesFromSource(out)) return true
  return (
    options.remote !== undefined || out.remote !== null || defaultRemote(project.settings) !== null
  )
}

interface FetchingGroup extends OutGroup {
  readonly options: FetchOptions
}

async function fetchGroup(
  project: DataProject,
  remote: Remote,
  group: FetchingGroup,
): Promise<Fetched> {
  const { outs, legacy, options } = group
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  try {
    const collected = await collect(project, remote, { ...group, folder })
    const { files, unnamed, missing } = collected
    const present = await presentOn(remote, files, { legacy, ...options })
    const coming = new OidList()
    let lacking = 0
    let seen = 0
    for (const oid of files) {
      if (present.has(oid)) coming.add(oid)
      else missing.push(oid)
      if (++seen === collected.lacking) lacking = coming.count
    }
    await receiveObjects(
      project,
      remote,
      {
        count: coming.count,
        oidAt: (index) => coming.at(index),
        legacy,
        ahead: aheadOf(group, lacking),
      },
      options,
    )
    reach('fetch: files here')
    for (const [oid, path] of unnamed) publishFile(path, cachePath(project, oid, legacy))
    return { fetched: coming.count + unnamed.size, missing: outs.length === 0 ? [] : missing }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// DVC 2 may give one name to files of two contents.
function aheadOf({ legacy, options }: FetchingGroup, count: number): Ahead | undefined {
  const folder = legacy || count === 0 ? null : options.ahead?.begin()
  return typeof folder === 'string' ? { folder, count } : undefined
}

interface Collected {
  readonly files: OidList
  /** So many of the first files are of outs that the workspace lacks. */
  readonly lacking: number
  /** Listings that have come and wait for their files. */
  readonly unnamed: ReadonlyMap<string, string>
  readonly missing: string[]
}

async function collect(
  project: DataProject,
  remote: Remote,
  { outs, legacy, folder, options }: FetchingGroup & { readonly folder: string },
): Promise<Collected> {
  const files = new OidList()
  const unnamed = new Map<string, string>()
  const missing: string[] = []
  let lacking = 0
  for (const { out, isLacked } of lackedFirst(project, outs, options)) {
    const { hash, part } = out
    const oid = hash?.md5 ?? ''
    if (!oid.endsWith('.dir')) {
      if (!isCached(project, oid, undefined, legacy)) files.add(oid)
      if (isLacked) lacking = files.count
      continue
    }
    const path =
      unnamed.get(oid) ?? (await bringListing(project, remote, { oid, legacy, folder, options }))
    if (path === null) missing.push(oid)
    else addAbsent(project, readListing(path), { files, part, legacy })
    if (path !== null && path.startsWith(folder)) unnamed.set(oid, path)
    if (isLacked) lacking = files.count
  }
  return { files, lacking, unnamed, missing }
}

function lackedFirst(
  project: DataProject,
  outs: readonly SelectedOut[],
  { ahead }: FetchOptions,
): readonly { readonly out: SelectedOut; readonly isLacked: boolean }[] {
  const looked = outs.map((out) => ({
    out,
    isLacked: ahead !== undefined && isLacking(project, out),
  }))
  return [...looked.filter(({ isLacked }) => isLacked), ...looked.filter((each) => !each.isLacked)]
}

function addAbsent(
  project: DataProject,
  listing: Listing,
  {
    files,
    part,
    legacy,
  }: { readonly files: OidList; readonly part: string | null; readonly legacy: boolean },
): void {
  const cached = cachedLookup(project, listing.relpaths.length, legacy)
  for (const [index, relpath] of listing.relpaths.entries()) {
    const oid = md5At(listing, index)
    if (isWithin(relpath, part) && !cached(oid)) files.add(oid)
  }
}

interface Bringing {
  readonly oid: string
  readonly legacy: boolean
  readonly folder: string
  readonly options: PushOptions
}

// Null when neither side has it.
async function bringListing(
  project: DataProject,
  remote: Remote,
  { oid, legacy, folder, options }: Bringing,
): Promise<string | null> {
  const own = cachePath(project, oid, legacy)
  if (isCached(project, oid, undefined, legacy)) return own
  mkdirSync(folder, { recursive: true })
  const path = join(folder, oid)
  try {
    // The name of a listing is the MD5 of its bytes under either rule.
    await withRetries(() => receiveFile(remote, { oid, legacy, path }, options), options)
    return path
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'DATASET_REMOTE_MISSING') return null
    throw error
  }
}

/** For a checkout: brings what it misses from the remote, where there is one. False where there is none. */
export async function fetchMissing(
  project: DataProject,
  outs: readonly SelectedOut[],
  options: PushOptions = {},
): Promise<boolean> {
  if (defaultRemote(project.settings) === null && options.remote === undefined) return false
  await fetchDatasets(project, [], { ...options, outs })
  return true
}
