import { type Stats, statSync } from 'node:fs'
import { storageError } from '../../storage/errors.ts'
import { hashFile, isCached, storeBytes, storeFile, syncCacheFolders } from './cache.ts'
import { pathInside } from './containment.ts'
import { type DirEntry, encodeDirObject } from './dir-object.ts'
import { datasetErrors } from './errors.ts'
import type { DataProject } from './project.ts'
import { type FoundFile, listFiles } from './walk.ts'

/** What DVC records about a file or a folder. */
export interface PathHash {
  /** 32 hex digits, with `.dir` for a folder. */
  readonly md5: string
  readonly size: number
  /** Of a folder: how many files. */
  readonly nfiles?: number
  readonly isexec?: boolean
}

export interface HashOptions {
  /** Keeps the content in the cache. */
  readonly store: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface PathContent extends PathHash {
  /** Of a folder: what is in it. */
  readonly entries?: readonly DirEntry[]
}

/**
 * Hashes a file or folder of the project as DVC does, reading only what changed since the last time.
 * @throws DATASET_NOT_FOUND, DATASET_OUTSIDE, DATASET_CHANGED_WHILE_READ, DATASET_UNSUPPORTED_FILE
 */
export async function hashPath(
  project: DataProject,
  path: string,
  options: HashOptions,
): Promise<PathContent> {
  const { absolute, relative } = pathInside(project.root, path)
  const stats = statSync(absolute, { throwIfNoEntry: false })
  if (stats === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: relative, path: relative })
  try {
    if (stats.isDirectory()) return await hashFolder(project, relative, options)
    return await hashOneFile(project, absolute, { stats, ...options })
  } catch (error) {
    throw storageError(error)
  } finally {
    project.state.flush()
  }
}

async function hashOneFile(
  project: DataProject,
  absolute: string,
  { stats, store }: HashOptions & { readonly stats: Stats },
): Promise<PathContent> {
  if (!stats.isFile())
    throw datasetErrors.DATASET_UNSUPPORTED_FILE({ detail: absolute, path: absolute })
  const md5 = await (store ? storeFile(project, absolute) : hashFile(project, absolute))
  if (store) await syncCacheFolders(project, [md5])
  const isexec = (stats.mode & 0o100) !== 0
  return { md5, size: stats.size, ...(isexec ? { isexec } : {}) }
}

// Reads and syncs overlap; more than this gains nothing on Node's four file threads.
const PARALLEL = 8

async function hashFolder(
  project: DataProject,
  relative: string,
  options: HashOptions,
): Promise<PathContent> {
  const files = listFiles(project, relative)
  const oids = Array.from<string>({ length: files.length })
  const missing: number[] = []
  for (const [index, { absolute, stats }] of files.entries()) {
    const known = project.state.lookup(absolute, stats)
    const usable = known !== null && (!options.store || isCached(project, known, stats.size))
    if (usable) oids[index] = known
    else missing.push(index)
  }
  const fresh = await hashMissing(project, { files, missing, oids }, options)
  const entries = files.map(({ relpath }, index) => ({ relpath, md5: oids[index] ?? '' }))
  const { oid, bytes } = encodeDirObject(entries)
  if (options.store) await storeListing(project, { oid, bytes, fresh })
  const size = files.reduce((sum, { stats }) => sum + Number(stats.size), 0)
  return { md5: oid, size, nfiles: files.length, entries }
}

interface FolderWork {
  readonly files: readonly FoundFile[]
  readonly missing: readonly number[]
  readonly oids: string[]
}

async function hashMissing(
  project: DataProject,
  { files, missing, oids }: FolderWork,
  { store, signal, onProgress }: HashOptions,
): Promise<readonly string[]> {
  const queue = missing.values()
  let done = 0
  const work = async (): Promise<void> => {
    for (const index of queue) {
      signal?.throwIfAborted()
      const path = files[index]?.absolute ?? ''
      oids[index] = await (store ? storeFile(project, path) : hashFile(project, path))
      onProgress?.(++done, missing.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, missing.length) }, work))
  return missing.map((index) => oids[index] ?? '')
}

// A listing in the cache promises that all its files are there: so it comes last.
async function storeListing(
  project: DataProject,
  { oid, bytes, fresh }: { oid: string; bytes: Buffer; fresh: readonly string[] },
): Promise<void> {
  await syncCacheFolders(project, fresh)
  if (isCached(project, oid)) return
  await storeBytes(project, oid, bytes)
  await syncCacheFolders(project, [oid])
}
