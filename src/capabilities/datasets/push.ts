import { cachedLookup, cachePath, isCached } from './cache.ts'
import { datasetErrors } from './errors.ts'
import { reach } from './fault-points.ts'
import { md5At, readListing } from './listing.ts'
import { OidList } from './objects/oid-list.ts'
import { type TargetOptions, type SelectedOut, selectOuts } from './targets.ts'
import type { DataProject } from './project.ts'
import { openAnyRemote, openRemote } from './remotes/open.ts'
import type { Remote } from './remotes/port.ts'
import { absentFrom, presentOn } from './remotes/presence.ts'
import { outsOfRuns, sendRunCache } from './remotes/run-cache.ts'
import { sendListings, sendObjects, type TransferOptions } from './remotes/transfer.ts'
import { pushVersions, type VersionedOut } from './versioned/push.ts'
import { type RecordStageVersions, recordVersions } from './versioned/record.ts'

export interface PushOptions extends TargetOptions, TransferOptions {
  readonly remote?: string | undefined
  /** Also what is remembered of earlier runs of stages. */
  readonly runCache?: boolean | undefined
  /** Records in dvc.lock which versions a remote keeps of what stages wrote. */
  readonly recordStageVersions?: RecordStageVersions | undefined
  /** Outs to move instead of those of the workspace, such as those of other commits. */
  readonly outs?: readonly SelectedOut[] | undefined
  /** They are of other commits. */
  readonly ofCommits?: boolean | undefined
}

export interface Pushed {
  /** Objects that were sent. */
  readonly pushed: number
  /** What the cache does not have and so could not be sent. */
  readonly missing: readonly string[]
}

/**
 * Sends to the remote what it does not have: files first, then the listings that promise them.
 * @throws DATASET_REMOTE_…, and DATASET_OBJECT_CORRUPT for an object of the cache that is not what it says
 */
export async function pushDatasets(
  project: DataProject,
  targets: readonly string[] = [],
  options: PushOptions = {},
): Promise<Pushed> {
  const outs = options.outs ?? (await selectOuts(project, targets, options))
  const data = await pushOuts(project, outs, options)
  if (options.runCache !== true) return data
  // What an earlier run left may be gone from the cache since: nothing is missing by that.
  const left = await pushOuts(project, outsOfRuns(project), options)
  const runs = await withRemote(project, options, sendRunCache)
  return { pushed: data.pushed + left.pushed + runs, missing: data.missing }
}

async function pushOuts(
  project: DataProject,
  outs: readonly SelectedOut[],
  options: PushOptions,
): Promise<Pushed> {
  let pushed = 0
  const missing: string[] = []
  for (const group of byRemote(
    outs.filter(({ push }) => push),
    options.remote,
  )) {
    const remote = await openAnyRemote(project, group.remote)
    try {
      const push = remote.versioned === undefined ? pushGroup : pushNamed
      const sent = await push(project, remote, { ...group, options })
      pushed += sent.pushed
      missing.push(...sent.missing)
    } finally {
      await remote.close()
    }
  }
  return { pushed, missing }
}

/** One task with a remote that is opened for it. */
export async function withRemote(
  project: DataProject,
  options: PushOptions,
  work: (project: DataProject, remote: Remote, options: PushOptions) => Promise<number>,
): Promise<number> {
  const remote = await openRemote(project, options.remote)
  try {
    return await work(project, remote, options)
  } finally {
    await remote.close()
  }
}

export interface OutGroup {
  readonly remote: string | undefined
  readonly legacy: boolean
  readonly outs: readonly SelectedOut[]
}

/** Data may name a remote that it always goes to; that of DVC 2 lies elsewhere on each. */
export function byRemote(
  outs: readonly SelectedOut[],
  asked: string | undefined,
): readonly OutGroup[] {
  const groups = new Map<string, OutGroup & { readonly outs: SelectedOut[] }>()
  for (const out of outs) {
    if (out.hash === null) continue
    // Who names a remote means what is kept there, and nothing that belongs to another.
    if (asked !== undefined && out.remote !== null && out.remote !== asked) continue
    const legacy = out.hash.legacy === true
    const remote = out.remote ?? asked
    const key = `${String(legacy)} ${remote ?? ''}`
    const group = groups.get(key) ?? { remote, legacy, outs: [] }
    group.outs.push(out)
    groups.set(key, group)
  }
  return [...groups.values()]
}

interface PushingGroup extends OutGroup {
  readonly options: PushOptions
}

async function pushNamed(
  project: DataProject,
  remote: Remote,
  { outs, options }: PushingGroup,
): Promise<Pushed> {
  if (options.ofCommits === true)
    throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
      detail: `remote "${remote.name}" keeps versions, which are recorded in the files of the workspace: other commits cannot be pushed`,
      next: 'Push each commit after `git checkout`, and commit what push writes.',
    })
  const record = (recorded: readonly VersionedOut[]): Promise<void> =>
    recordVersions(project, recorded, options.recordStageVersions ?? (async () => {}))
  return pushVersions(project, remote, outs, { ...options, record })
}

async function pushGroup(
  project: DataProject,
  remote: Remote,
  group: PushingGroup,
): Promise<Pushed> {
  const { outs, legacy, options } = group
  const tops = [...new Set(outs.map(({ hash }) => hash?.md5 ?? ''))]
  // The listing being there, its files are: both tools keep to that, so an unchanged folder costs one question.
  const absent = await absentFrom(remote, tops, { legacy, ...options })
  const left = outs.filter(({ hash }) => absent.has(hash?.md5 ?? ''))
  const candidates = collect(project, left, legacy)
  const present = await presentOn(remote, candidates.files, { legacy, ...options })
  const cached = cachedLookup(project, candidates.files.count, legacy)
  const files = new OidList()
  const missing = [...candidates.missing]
  for (const oid of candidates.files)
    if (present.has(oid)) continue
    else if (cached(oid)) files.add(oid)
    else missing.push(oid)
  await sendObjects(
    project,
    remote,
    { count: files.count, oidAt: (index) => files.at(index), legacy },
    options,
  )
  reach('push: files sent')
  const complete =
    missing.length === 0 && left.every(({ part }) => part === null)
      ? candidates.listings
      : candidates.listings.filter((oid) =>
          isComplete(
            cachePath(project, oid, legacy),
            (file) => files.has(file) || present.has(file),
          ),
        )
  await sendListings(project, remote, { oids: complete, legacy }, options)
  reach('push: listings sent')
  return { pushed: files.count + complete.length, missing }
}

// A listing on the remote promises its files, also to those who pushed only a part of it.
function isComplete(path: string, has: (oid: string) => boolean): boolean {
  const listing = readListing(path)
  return listing.relpaths.every((_, index) => has(md5At(listing, index)))
}

interface Collected {
  readonly files: OidList
  readonly listings: readonly string[]
  /** Listings that the cache does not have. */
  readonly missing: readonly string[]
}

function collect(project: DataProject, outs: readonly SelectedOut[], legacy: boolean): Collected {
  const files = new OidList()
  const listings = new Set<string>()
  const missing: string[] = []
  for (const { hash, part } of outs) {
    const oid = hash?.md5 ?? ''
    if (!oid.endsWith('.dir')) files.add(oid)
    else if (!isCached(project, oid, undefined, legacy)) missing.push(oid)
    else {
      const listing = readListing(cachePath(project, oid, legacy))
      listings.add(oid)
      for (const [index, relpath] of listing.relpaths.entries())
        if (isWithin(relpath, part)) files.add(md5At(listing, index))
    }
  }
  return { files, listings: [...listings], missing }
}

export function isWithin(relpath: string, part: string | null): boolean {
  return part === null || relpath === part || relpath.startsWith(`${part}/`)
}
