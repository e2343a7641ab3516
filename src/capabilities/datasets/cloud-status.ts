import { cachedLookup, cachePath, isCached } from './cache.ts'
import { md5At, readListing } from './listing.ts'
import { OidList } from './objects/oid-list.ts'
import type { DataProject } from './project.ts'
import { byRemote, isWithin, type OutGroup, type PushOptions } from './push.ts'
import { openAnyRemote } from './remotes/open.ts'
import type { Remote } from './remotes/port.ts'
import { absentFrom, presentOn } from './remotes/presence.ts'
import { type SelectedOut, selectOuts } from './targets.ts'
import { whereVersionsAre } from './versioned/status.ts'

/** `new`: only the cache has it. `deleted`: only the remote has it. `missing`: neither. */
export type CloudState = 'new' | 'deleted' | 'missing'

export interface CloudDifference {
  /** A file, or a folder for its listing. From the root. */
  readonly path: string
  readonly state: CloudState
}

/** How the cache and the remote differ in what the project tracks. @throws DATASET_REMOTE_… */
export async function cloudStatus(
  project: DataProject,
  targets: readonly string[] = [],
  options: PushOptions = {},
): Promise<readonly CloudDifference[]> {
  const outs = options.outs ?? (await selectOuts(project, targets, options))
  const differences: CloudDifference[] = []
  for (const group of byRemote(outs, options.remote)) {
    const remote = await openAnyRemote(project, group.remote)
    try {
      const status = remote.versioned === undefined ? groupStatus : versionsStatus
      differences.push(...(await status(project, remote, { ...group, options })))
    } finally {
      await remote.close()
    }
  }
  return differences
}

interface Group extends OutGroup {
  readonly options: PushOptions
}

async function versionsStatus(
  project: DataProject,
  remote: Remote,
  { outs, options }: Group,
): Promise<readonly CloudDifference[]> {
  const found: CloudDifference[] = []
  for (const out of outs)
    for (const { path, here, there } of await whereVersionsAre(project, remote, out, options)) {
      const state = stateOf(here, there)
      if (state !== null) found.push({ path, state })
    }
  return found
}

async function groupStatus(
  project: DataProject,
  remote: Remote,
  group: Group,
): Promise<readonly CloudDifference[]> {
  const { outs, legacy, options } = group
  const tops = outs.map(({ hash }) => hash?.md5 ?? '')
  const absentTops = await absentFrom(remote, [...new Set(tops)], { legacy, ...options })
  const found: CloudDifference[] = []
  for (const out of outs) {
    const oid = out.hash?.md5 ?? ''
    const here = isCached(project, oid, undefined, legacy)
    const there = !absentTops.has(oid)
    if (here && oid.endsWith('.dir'))
      found.push(...(await fileStates(project, remote, { out, there, legacy, options })))
    const state = stateOf(here, there)
    if (state !== null) found.push({ path: out.path, state })
  }
  return found
}

function stateOf(here: boolean, there: boolean): CloudState | null {
  if (here === there) return here ? null : 'missing'
  return here ? 'new' : 'deleted'
}

interface FolderAsked {
  readonly out: SelectedOut
  readonly there: boolean
  readonly legacy: boolean
  readonly options: PushOptions
}

async function fileStates(
  project: DataProject,
  remote: Remote,
  { out, there, legacy, options }: FolderAsked,
): Promise<readonly CloudDifference[]> {
  const listing = readListing(cachePath(project, out.hash?.md5 ?? '', legacy))
  const cached = cachedLookup(project, listing.relpaths.length, legacy)
  const asked = new OidList()
  // The listing being there, its files are.
  if (!there)
    for (let index = 0; index < listing.relpaths.length; index++) asked.add(md5At(listing, index))
  const present = await presentOn(remote, asked, { legacy, ...options })
  return listing.relpaths.flatMap((relpath, index) => {
    const oid = md5At(listing, index)
    const state = isWithin(relpath, out.part)
      ? stateOf(cached(oid), there || present.has(oid))
      : null
    return state === null ? [] : [{ path: `${out.path}/${relpath}`, state }]
  })
}
