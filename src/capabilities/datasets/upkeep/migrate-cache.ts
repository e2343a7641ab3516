import { linkSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { storageError } from '../../../storage/errors.ts'
import { cachePath, cacheStore, hashFile, isCached, storeBytes } from '../cache.ts'
import { reach } from '../fault-points.ts'
import { listStoreNames } from '../objects/object-store.ts'
import { bytesOf, takeAll } from '../objects/take-all.ts'
import type { DataProject } from '../project.ts'
import { makeStoreFolder } from '../cache-permissions.ts'

export interface MigratedCache {
  /** Objects of DVC 2 in the cache. */
  readonly objects: number
  /** How many objects have a name of DVC 3 only since now. */
  readonly migrated: number
  /** The name in DVC 3 of each object of DVC 2. */
  readonly names: ReadonlyMap<string, string>
}

export interface MigrateOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number, bytes: number) => void) | undefined
}

/** How many objects of DVC 2 the cache holds. */
export async function countLegacyObjects(project: DataProject): Promise<number> {
  return [...listStoreNames(cacheStore(project, true))].length
}

/**
 * Gives every object of DVC 2 the name that DVC 3 gives to its bytes, by a second link, as `dvc cache migrate` does.
 * The old names stay. Stopped anywhere, a second run finishes the work.
 */
export async function migrateCache(
  project: DataProject,
  options: MigrateOptions = {},
): Promise<MigratedCache> {
  const oids = [...listStoreNames(cacheStore(project, true))]
  const names = await namesInThree(project, oids, options)
  let migrated = 0
  for (const [oid, name] of listingsLast(names)) {
    options.signal?.throwIfAborted()
    if (isCached(project, name)) continue
    if (!nameByLink(project, oid, name)) await nameByCopy(project, oid, name)
    migrated++
  }
  return { objects: oids.length, migrated, names }
}

async function namesInThree(
  project: DataProject,
  oids: readonly string[],
  { signal, onProgress }: MigrateOptions,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  const pathAt = (index: number): string => cachePath(project, oids[index] ?? '', true)
  let bytes = 0
  await takeAll({
    pool: project.poolFor(oids.length, () => bytesOf(oids.length, pathAt)),
    count: oids.length,
    sourceAt: pathAt,
    intake: null,
    signal,
    onTaken: (from, taken) => {
      for (let place = 0; place < taken.copied.length; place++) {
        const oid = oids[from + place] ?? ''
        names.set(oid, taken.oids.slice(32 * place, 32 * place + 32) + oid.slice(32))
      }
      bytes += taken.bytes
      onProgress?.(names.size, oids.length, bytes)
    },
  })
  return names
}

// A listing promises its files.
function* listingsLast(names: ReadonlyMap<string, string>): Generator<readonly [string, string]> {
  for (const isListing of [false, true])
    for (const entry of names) if (entry[0].endsWith('.dir') === isListing) yield entry
}

// Read-only means verified to DVC, and a link has the mode of its object: one that is not read-only is copied.
function nameByLink(project: DataProject, oid: string, name: string): boolean {
  const from = cachePath(project, oid, true)
  const to = cachePath(project, name)
  if ((statSync(from).mode & 0o222) !== 0) return false
  try {
    makeStoreFolder(dirname(to))
    reach('migrate: before the link')
    linkSync(from, to)
    return true
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code === 'EEXIST') return true
    if (['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) return false
    throw storageError(error)
  }
}

async function nameByCopy(project: DataProject, oid: string, name: string): Promise<void> {
  const from = cachePath(project, oid, true)
  if (oid.endsWith('.dir')) await storeBytes(project, name, readFileSync(from))
  else await hashFile(project, from, { store: true })
}
