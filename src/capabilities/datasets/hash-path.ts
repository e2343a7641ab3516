import { statSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { storageError } from '../../storage/errors.ts'
import { cachedLookup, cachePath, hashFile, isCached, openCacheIntake } from './cache.ts'
import { pathInside } from './containment.ts'
import { datasetErrors } from './errors.ts'
import { reach } from './fault-points.ts'
import { fsPath } from './file-names.ts'
import {
  type DirEntry,
  encodeListing,
  listingEntries,
  listingOid,
  md5At,
  type Listing,
} from './listing.ts'
import { refuseTooLong } from './name-limits.ts'
import { takeAll } from './objects/take-all.ts'
import { temporaryFolder } from './objects/temporary-folder.ts'
import type { DataProject } from './project.ts'
import { TEMPORARY_FOLDER } from './remotes/local.ts'
import { type Scan, scanFolder } from './scan.ts'
import { indexFile, writeTreeIndex } from './tree-index.ts'
import type { BrokenLinks } from './walk.ts'
import { publishFile } from './workers/publish.ts'
import { SIGNATURE_WORDS, sizeIn } from './workers/signature.ts'
import { writeAll } from './workers/write-all.ts'

/** What DVC records about a file or a folder. */
export interface PathHash {
  /** 32 hex digits, with `.dir` for a folder. */
  readonly md5: string
  readonly size: number
  /** Of a folder: how many files. */
  readonly nfiles?: number
  readonly isexec?: boolean
  /** Recorded by DVC 2, without `hash: md5`: text was hashed with Unix line ends. */
  readonly legacy?: true
}

export interface HashOptions {
  /** Keeps the content in the cache. */
  readonly store: boolean
  /** Hashes as DVC 2 did. A file is stored where DVC 2 would; a folder cannot be stored so. */
  readonly legacy?: boolean | undefined
  /** Refused unless given. */
  readonly brokenLinks?: BrokenLinks | undefined
  readonly signal?: AbortSignal | undefined
  /** Files of a folder that are read, because they are new or changed. */
  readonly onProgress?: ((done: number, total: number, bytes: number) => void) | undefined
}

export interface PathContent extends PathHash {
  /** Of a folder: what is in it, in the order of a listing. */
  readonly entries?: Iterable<DirEntry>
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
  const stats = statSync(fsPath(absolute), { throwIfNoEntry: false })
  if (stats === undefined)
    throw datasetErrors.DATASET_NOT_FOUND({ detail: relative, path: relative })
  try {
    if (stats.isDirectory()) return await hashFolder(project, relative, options)
    if (!stats.isFile())
      throw datasetErrors.DATASET_UNSUPPORTED_FILE({ detail: absolute, path: absolute })
    const md5 = await hashFile(project, absolute, { ...options, legacy: options.legacy === true })
    const isexec = (stats.mode & 0o100) !== 0
    const kind = options.legacy === true ? { legacy: true as const } : {}
    return { md5, size: stats.size, ...(isexec ? { isexec } : {}), ...kind }
  } catch (error) {
    refuseNameOf(error)
    throw storageError(error)
  }
}

// Deeper than a path can say: such folders are made step by step.
function refuseNameOf(error: unknown): void {
  const { code, path = '' } = error as { code?: string; path?: string }
  if (code === 'ENAMETOOLONG') refuseTooLong(path)
}

async function hashFolder(
  project: DataProject,
  relative: string,
  options: HashOptions,
): Promise<PathContent> {
  const { listing, oid, size } = await lookIntoFolder(project, relative, options)
  return {
    md5: oid,
    size,
    nfiles: listing.relpaths.length,
    entries: { [Symbol.iterator]: () => listingEntries(listing) },
    ...(options.legacy === true ? { legacy: true as const } : {}),
  }
}

export interface FolderContent {
  readonly listing: Scan
  readonly oid: string
  readonly size: number
}

/** What a folder holds now, file by file; what was found is remembered. */
export async function lookIntoFolder(
  project: DataProject,
  relative: string,
  options: HashOptions,
): Promise<FolderContent> {
  const kind = options.legacy === true ? 'legacy' : 'md5'
  const scan = await scanFolder(project, relative, kind, options.brokenLinks)
  const toRead = options.store ? withUncached(project, scan) : scan.missing
  if (toRead.length > 0) await readFiles(project, { scan, toRead }, options)
  const oid = nameListing(project, scan, options.store)
  if (scan.unchanged === null || toRead.length > 0)
    writeTreeIndex(indexFile(project.stateDir, relative, kind), scan, oid)
  return { listing: scan, oid, size: scan.size }
}

// A listing in the cache promises that all its files are there: so it comes last.
function nameListing(project: DataProject, scan: Scan, store: boolean): string {
  const known = scan.unchanged === null ? null : `${scan.unchanged}.dir`
  if (known !== null && (!store || isCached(project, known))) return known
  return store ? storeListing(project, scan) : listingOid(scan)
}

// What is known but no longer in the cache has to be read again.
function withUncached(project: DataProject, scan: Scan): readonly number[] {
  const known = scan.relpaths.length - scan.missing.length
  if (known === 0) return scan.missing
  const has = cachedLookup(project, known)
  const missing = new Set(scan.missing)
  const absent: number[] = []
  for (let index = 0; index < scan.relpaths.length; index++)
    if (!missing.has(index) && !has(md5At(scan, index))) absent.push(index)
  return absent.length === 0 ? scan.missing : [...scan.missing, ...absent].toSorted((a, b) => a - b)
}

interface Reading {
  readonly scan: Scan
  readonly toRead: readonly number[]
}

async function readFiles(
  project: DataProject,
  { scan, toRead }: Reading,
  { store, legacy, signal, onProgress }: HashOptions,
): Promise<void> {
  const start = `${project.root}/${scan.folder}/`
  const bytes = toRead.reduce((sum, index) => sum + sizeIn(scan.signatures, index), 0)
  const pool = project.poolFor(toRead.length, bytes)
  const intake = store ? openCacheIntake(project, pool) : null
  let done = 0
  let doneBytes = 0
  try {
    await takeAll({
      pool,
      count: toRead.length,
      sourceAt: (place) => start + (scan.relpaths[toRead[place] ?? 0] ?? ''),
      signatureAt: (place, into, at) => {
        const start = SIGNATURE_WORDS * (toRead[place] ?? 0)
        into.set(scan.signatures.subarray(start, start + SIGNATURE_WORDS), SIGNATURE_WORDS * at)
      },
      legacy,
      intake,
      signal,
      onTaken: (from, taken) => {
        const count = taken.copied.length
        for (let place = 0; place < count; place++) {
          const index = toRead[from + place] ?? 0
          scan.md5.write(taken.oids.slice(32 * place, 32 * place + 32), 16 * index, 'hex')
          const at = SIGNATURE_WORDS * place
          scan.signatures.set(
            taken.signatures.subarray(at, at + SIGNATURE_WORDS),
            SIGNATURE_WORDS * index,
          )
        }
        done += count
        doneBytes += taken.bytes
        onProgress?.(done, toRead.length, doneBytes)
      },
    })
    await intake?.finish()
  } catch (error) {
    intake?.discard()
    throw error
  }
}

/** Stores a listing whose files are all in the cache, written and hashed in one pass. Returns its name. */
export function storeListing(project: DataProject, listing: Listing): string {
  reach('listing: before it')
  const folder = temporaryFolder(join(project.cacheDir, TEMPORARY_FOLDER))
  const temporary = join(folder, 'listing')
  try {
    mkdirSync(folder, { recursive: true })
    const oid = writeListing(temporary, listing)
    if (isCached(project, oid)) return oid
    publishFile(temporary, cachePath(project, oid))
    return oid
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeListing(path: string, listing: Listing): string {
  const sum = createHash('md5')
  const file = openSync(path, 'wx', 0o444)
  try {
    for (const part of encodeListing(listing)) {
      sum.update(part)
      writeAll(file, part)
    }
  } finally {
    closeSync(file)
  }
  return `${sum.digest('hex')}.dir`
}
