import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import { datasetErrors } from './errors.ts'
import { fsPath } from './file-names.ts'
import { type Intake, openIntake } from './objects/intake.ts'
import { isOid, listStore, objectPath, type StoredObjects } from './objects/object-store.ts'
import { takeAll } from './objects/take-all.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import type { DataProject } from './project.ts'
import { TEMPORARY_FOLDER } from './remotes/local.ts'
import type { Pool } from './workers/pool.ts'
import { publishFile } from './workers/publish.ts'
import { SIGNATURE_WORDS } from './workers/signature.ts'

/** The folder of the objects: DVC 3 names them by the MD5 of their bytes, DVC 2 by one of text with Unix line ends. */
export function cacheStore({ cacheDir }: DataProject, legacy = false): string {
  return legacy ? cacheDir : join(cacheDir, 'files/md5')
}

/** Where an object lies in the cache. @throws DATASET_FILE_INVALID when it is not an MD5 name. */
export function cachePath(project: DataProject, oid: string, legacy = false): string {
  if (!isOid(oid))
    throw datasetErrors.DATASET_FILE_INVALID({ detail: `"${oid}" is not an MD5 hash` })
  return objectPath(cacheStore(project, legacy), oid)
}

/** Whether the object is there, of the size given. What is there was verified before it got its name. */
export function isCached(
  project: DataProject,
  oid: string,
  size?: number,
  legacy = false,
): boolean {
  const stats = statSync(cachePath(project, oid, legacy), { throwIfNoEntry: false })
  return stats?.isFile() === true && (size === undefined || stats.size === size)
}

const MANY = 2000

/** Answers for many files whether the cache has them: by listing it once where that is cheaper than asking for each. */
export function cachedLookup(
  project: DataProject,
  count: number,
  legacy = false,
): (oid: string) => boolean {
  if (count < MANY) return (oid) => isCached(project, oid, undefined, legacy)
  const { files }: StoredObjects = listStore(cacheStore(project, legacy))
  return (oid) => files.has(oid)
}

/** Opens the way into the cache for copies that are being written. */
export function openCacheIntake(
  project: DataProject,
  pool: Pool,
  {
    legacy = false,
    isSmall = false,
  }: { readonly legacy?: boolean; readonly isSmall?: boolean } = {},
): Intake {
  const temporaryRoot = join(project.cacheDir, TEMPORARY_FOLDER)
  const lasting = isSmall ? project.unfinishedFolder() : undefined
  return openIntake({ store: cacheStore(project, legacy), temporaryRoot, pool, lasting })
}

const SMALL = 1 << 20

/**
 * The MD5 of one file, read only when it changed since the last time; with `store` the cache keeps a copy.
 * @throws DATASET_CHANGED_WHILE_READ, DATASET_UNREADABLE
 */
export async function hashFile(
  project: DataProject,
  path: string,
  { store = false, legacy = false, signal }: HashFileOptions = {},
): Promise<string> {
  const stats = statSync(fsPath(path))
  const known = legacy ? null : project.state.lookup(path, stats)
  if (known !== null && (!store || isCached(project, known, stats.size))) return known
  const { size } = stats
  const pool = project.poolFor(1, size)
  const isSmall = size < SMALL
  const intake = store ? openCacheIntake(project, pool, { legacy, isSmall }) : null
  let oid = ''
  let signatures: Float64Array = new Float64Array(SIGNATURE_WORDS)
  try {
    await takeAll({
      count: 1,
      sourceAt: () => path,
      legacy,
      intake,
      signal,
      pool,
      onTaken: (_, taken) => {
        oid = taken.oids
        signatures = taken.signatures
      },
    })
    await intake?.finish()
  } catch (error) {
    intake?.discard()
    throw error
  }
  if (!legacy) project.state.record(path, signatures, oid)
  return oid
}

interface HashFileOptions {
  readonly store?: boolean
  readonly legacy?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Stores bytes under their name, such as the listing of a folder; its files must be there before. */
export async function storeBytes(
  project: DataProject,
  oid: string,
  bytes: Buffer,
  legacy = false,
): Promise<void> {
  if (isCached(project, oid, bytes.length, legacy)) return
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  try {
    mkdirSync(folder, { recursive: true })
    const path = join(folder, oid)
    writeFileSync(path, bytes, { mode: 0o444 })
    publishFile(path, cachePath(project, oid, legacy))
  } catch (error) {
    throw storageError(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
