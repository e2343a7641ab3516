import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR_MS, systemClock } from '../../base/time.ts'
import { storageError } from '../../storage/errors.ts'
import { cacheStore, cachePath } from './cache.ts'
import { datasetErrors } from './errors.ts'
import { reach } from './fault-points.ts'
import { listStoreNames } from './objects/object-store.ts'
import { OidSet } from './objects/oid-set.ts'
import type { DataProject } from './project.ts'
import { openRemote } from './remotes/open.ts'
import type { Remote } from './remotes/port.ts'
import { absentFrom, objectKey } from './remotes/presence.ts'
import { type UsedOptions, type Used, usedObjects } from './used-objects.ts'

export interface GcOptions extends UsedOptions {
  readonly dry?: boolean | undefined
  /** Of what is used, too, that which the remote has goes: it can be had again from there. */
  readonly notInRemote?: boolean | undefined
  /**
   * In places that others use too (a remote, a cache outside this project) objects younger than this stay: another
   * clone may have pushed them a moment ago. An hour unless told.
   */
  readonly minAgeMs?: number | undefined
}

export interface Collected {
  readonly removed: number
  readonly bytes: number
  readonly removedFromRemote: number
}

/** What was not there an hour ago may be in use by somebody who has not said so yet. */
const MIN_AGE_MS = HOUR_MS

/**
 * Removes objects that nothing in the scope uses. Listings go before files, so that one that is left never promises
 * what is gone. Stopped anywhere, it has removed only what nobody uses. @throws DATASET_NOT_IN_CACHE
 */
export async function collectGarbage(project: DataProject, options: GcOptions): Promise<Collected> {
  const used = await usedObjects(project, options)
  const kept = options.notInRemote === true ? await onlyHere(project, used, options) : used
  let removed = 0
  let bytes = 0
  for (const legacy of [false, true])
    for (const oid of unusedIn(cacheStore(project, legacy), kept, ageOf(project, options))) {
      options.signal?.throwIfAborted()
      bytes += removeObject(cachePath(project, oid, legacy), options)
      removed++
    }
  const removedFromRemote = options.cloud === true ? await collectRemote(project, used, options) : 0
  return { removed, bytes, removedFromRemote }
}

function removeObject(path: string, { dry = false }: GcOptions): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (dry) return size
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw storageError(error)
  }
  reach('gc: object removed')
  return size
}

// Nobody but the holder of its lock writes a project's own cache.
function ageOf(project: DataProject, { minAgeMs }: GcOptions): number {
  const isOwn = project.cacheDir === join(project.root, '.dvc/cache')
  return minAgeMs ?? (isOwn ? 0 : MIN_AGE_MS)
}

// Listings first.
function* unusedIn(store: string, used: Used, minAgeMs: number): Generator<string> {
  const youngest = systemClock.now() - minAgeMs
  for (const kind of ['.dir', ''] as const)
    for (const oid of listStoreNames(store)) {
      if (oid.endsWith('.dir') !== (kind === '.dir')) continue
      const isUsed = kind === '.dir' ? used.listings.has(oid) : used.files.has(oid)
      if (isUsed) continue
      const stats = statSync(`${store}/${oid.slice(0, 2)}/${oid.slice(2)}`, {
        throwIfNoEntry: false,
      })
      if (stats?.isFile() === true && Math.max(stats.mtimeMs, stats.ctimeMs) <= youngest) yield oid
    }
}

/** Of what is used that which the remote lacks. */
async function onlyHere(
  project: DataProject,
  { files, listings }: Used,
  { remote: name, signal }: GcOptions,
): Promise<Used> {
  const remote = await openRemote(project, name)
  try {
    const lacking = new OidSet()
    const lackingListings = new Set<string>()
    for (const legacy of [false, true]) {
      const oids = [...listStoreNames(cacheStore(project, legacy))]
      const asked = oids.filter((oid) => (oid.endsWith('.dir') ? listings : files).has(oid))
      for (const oid of await absentFrom(remote, asked, { legacy, signal }))
        if (oid.endsWith('.dir')) lackingListings.add(oid)
        else lacking.add(oid)
    }
    return { files: lacking, listings: lackingListings }
  } finally {
    await remote.close()
  }
}

const KEYS_A_CALL = 1000

async function collectRemote(
  project: DataProject,
  used: Used,
  options: GcOptions,
): Promise<number> {
  const remote = await openRemote(project, options.remote)
  try {
    if (!remote.canList)
      throw datasetErrors.DATASET_REMOTE_UNSUPPORTED({
        detail: `${remote.address} cannot list what it holds, so nothing can be removed from it`,
      })
    return (
      (await removeRemote(remote, used, { legacy: false, options })) +
      (await removeRemote(remote, used, { legacy: true, options }))
    )
  } finally {
    await remote.close()
  }
}

async function removeRemote(
  remote: Remote,
  used: Used,
  { legacy, options }: { readonly legacy: boolean; readonly options: GcOptions },
): Promise<number> {
  const listings: string[] = []
  const files: string[] = []
  const now = systemClock.now()
  for (let prefix = 0; prefix < 256; prefix++) {
    const start = prefix.toString(16).padStart(2, '0')
    for await (const batch of remote.list(`${objectKey(start, legacy)}`, {
      signal: options.signal,
    }))
      for (const { key, modifiedAt = now } of batch) {
        if (modifiedAt > now - (options.minAgeMs ?? MIN_AGE_MS)) continue
        const oid = key.slice(legacy ? 0 : 'files/md5/'.length).replace('/', '')
        if (/^[0-9a-f]{32}\.dir$/.test(oid) && !used.listings.has(oid)) listings.push(key)
        else if (/^[0-9a-f]{32}$/.test(oid) && !used.files.has(oid)) files.push(key)
      }
  }
  const keys = [...listings, ...files]
  for (let at = 0; options.dry !== true && at < keys.length; at += KEYS_A_CALL) {
    reach('gc: before a removal from the remote')
    await remote.delete(keys.slice(at, at + KEYS_A_CALL), { signal: options.signal })
  }
  return keys.length
}
