import {
  constants,
  createReadStream,
  lstatSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { type FileHandle, lstat, open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { replaceDurably } from '../../storage/blobs/index.ts'
import { storageError } from '../../storage/errors.ts'
import { fileInTurns, type FilePart } from '../../storage/files/file-in-turns.ts'
import { pathBelow, PROXY_ROOT, safeArtifactPath } from './artifact-path.ts'
import { type FolderSize, listOwnedFolders, measureFolder } from './artifact-folders.ts'
import { createArtifactUploads, UPLOADS_FOLDER, type ArtifactWriting } from './artifact-uploads.ts'
import { trackingErrors } from './errors.ts'

export interface ArtifactFile {
  /** Relative to the folder that was listed. */
  readonly name: string
  readonly isFolder: boolean
  /** In bytes; `null` for a folder. */
  readonly size: number | null
}

/** Both inclusive; to the end when that is left out. */
export interface ByteRange {
  readonly start: number
  readonly end?: number | undefined
}

export interface ReadFile {
  readonly stream: Readable
  /** Of the whole file. */
  readonly size: number
  readonly start: number
  readonly end: number
}

export type Artifacts = ReturnType<typeof createArtifacts>

// The blobs, and uploads under way, lie below the same root; nobody reaches them by path.
const RESERVED = new Set(['sha256', UPLOADS_FOLDER])

/** Read at once: a stream would cost more than such a file. */
const SMALL = 64 * 1024
/** Each turn through the thread pool costs as much as copying some hundred kilobytes. */
const READ_AT_ONCE = 1024 * 1024

/**
 * Files of runs and logged models below one folder: `<experiment>/<run>/artifacts/…`, `<experiment>/models/<m-…>/artifacts/…`.
 * Every path is decoded and contained, also through symbolic links. `rootUri` is the folder's own `file:` address
 * where clients write to it themselves.
 */
export function createArtifacts(root: string, rootUri: string = PROXY_ROOT) {
  const locate = (path: string): string => {
    const safe = safeArtifactPath(path)
    if (RESERVED.has(safe.split('/')[0] ?? '')) throw outside(path)
    const file = join(root, safe)
    requireInside(root, file, path)
    return file
  }
  const write: ArtifactWriting['write'] = async (path, content, options) => {
    const file = locate(path)
    if (file === root) throw outside(path)
    await replaceDurably(file, content, options)
  }
  return {
    uploads: createArtifactUploads(root, { check: locate, write }),
    /** The path that the other calls know an address by; `null` when it is not kept here. */
    pathOf: (uri: string): string | null => pathBelow(rootUri, uri),
    /** Where a file or folder of an address lies on this machine, whether or not it exists; `null` if not here. */
    localPath: (uri: string): string | null => {
      const path = pathBelow(rootUri, uri)
      return path === null ? null : join(root, path)
    },
    /** By name. A file or a path that does not exist has nothing in it. */
    list: async (path: string): Promise<readonly ArtifactFile[]> => {
      const folder = locate(path)
      const names = await readdir(folder).catch(() => [])
      const files = names
        .filter((name) => !name.startsWith('.tmp-') && !(folder === root && RESERVED.has(name)))
        .toSorted()
        .map((name) => describeFile(folder, name))
      return (await Promise.all(files)).filter((file) => file !== null)
    },
    /** Durable when the promise resolves. @throws ARTIFACT_PATH_INVALID, STORAGE_FULL, STORAGE_READ_ONLY */
    write,
    /**
     * Copies a plain file of this machine; the bytes that were written, `null` when the copy was there already (same
     * size and time). @throws ARTIFACT_PATH_INVALID, ARTIFACT_UNKNOWN for anything but a plain file
     */
    copyIn: async (path: string, from: string): Promise<number | null> => {
      const file = locate(path)
      if (file === root) throw outside(path)
      return copyFile(from, file)
    },
    /** All of a file that is small; `null` for anything else, also for nothing. @throws ARTIFACT_PATH_INVALID */
    readSmall: (path: string): Uint8Array | null => readSmall(locate(path)),
    /** All of it, or the bytes of a range. @throws ARTIFACT_UNKNOWN, also for a folder; ARTIFACT_RANGE */
    read: async (path: string, range?: ByteRange): Promise<ReadFile> =>
      readBy(createPartStream, { file: locate(path), path, range }),
    /** Likewise, to be piped into an answer and nothing else: its blocks are used again. */
    readToSend: async (path: string, range?: ByteRange): Promise<ReadFile> =>
      readBy(fileInTurns, { file: locate(path), path, range }),
    /** How much lies below a path. */
    measure: async (path: string): Promise<FolderSize> => measureFolder(locate(path)),
    /** Every folder that is named for a run or a logged model. */
    listOwned: () => listOwnedFolders(root),
    /** A file, or a folder with all in it. @throws ARTIFACT_UNKNOWN */
    remove: async (path: string): Promise<void> => {
      const file = locate(path)
      if (file === root) throw outside(path)
      if ((await lstat(file).catch(() => null)) === null) throw unknown(path)
      await rm(file, { recursive: true, force: true })
    },
  }
}

interface Wanted {
  readonly file: string
  readonly path: string
  readonly range: ByteRange | undefined
}

async function readBy(
  streamOf: typeof fileInTurns,
  { file, path, range }: Wanted,
): Promise<ReadFile> {
  const found = await stat(file).catch(() => null)
  if (found?.isFile() !== true) throw unknown(path)
  const { size } = found
  const start = range?.start ?? 0
  const end = Math.min(range?.end ?? size - 1, size - 1)
  if (range !== undefined && start > end) throw outOfRange(path, size)
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw isGone(error) ? unknown(path) : storageError(error)
  })
  return { stream: streamOf(handle, { start, end }), size, start, end }
}

function createPartStream(handle: FileHandle, { start, end }: FilePart): Readable {
  const bounds = end < start ? {} : { start, end }
  return createReadStream('', { fd: handle, highWaterMark: READ_AT_ONCE, ...bounds })
}

function readSmall(file: string): Uint8Array | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.size > SMALL) return null
  try {
    return readFileSync(file)
  } catch (error) {
    if (isGone(error)) return null
    throw storageError(error)
  }
}

// Somebody deleted it after it was looked at.
function isGone(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT'
}

async function copyFile(from: string, file: string): Promise<number | null> {
  // Not through a link, and not waiting for what is no file: the source is somebody else's folder.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(from, flags).catch(() => null)
  if (handle === null) throw unknown(from)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw unknown(from)
    const there = await lstat(file).catch(() => null)
    const isSame = there?.size === found.size && Math.abs(there.mtimeMs - found.mtimeMs) < 1
    if (isSame) return null
    const content = handle.createReadStream({ autoClose: false })
    await replaceDurably(file, content)
    await utimes(file, found.atime, found.mtime)
    return found.size
  } finally {
    await handle.close()
  }
}

async function describeFile(folder: string, name: string): Promise<ArtifactFile | null> {
  const found = await lstat(join(folder, name)).catch(() => null)
  if (found === null || found.isSymbolicLink()) return null
  return found.isDirectory()
    ? { name, isFolder: true, size: null }
    : { name, isFolder: false, size: found.size }
}

// A link below the root may point out of it: what counts is where the nearest existing folder really is.
function requireInside(root: string, file: string, path: string): void {
  const realRoot = realPath(root) ?? resolve(root)
  let existing = file
  for (;;) {
    const real = realPath(existing)
    if (real !== null) {
      const below = relative(realRoot, real)
      if (below === '..' || below.startsWith(`..${sep}`)) throw outside(path)
      return
    }
    if (existing === root || dirname(existing) === existing) return
    existing = dirname(existing)
  }
}

// Without waiting: each turn through the thread pool costs more than asking. A name that is free is not asked for,
// since an error costs even more.
function realPath(file: string): string | null {
  try {
    const found = lstatSync(file, { throwIfNoEntry: false })
    return found === undefined ? null : realpathSync.native(file)
  } catch {
    return null
  }
}

function outside(path: string): Error {
  return trackingErrors.ARTIFACT_PATH_INVALID({ detail: 'Invalid path', path })
}

function outOfRange(path: string, size: number): Error {
  return trackingErrors.ARTIFACT_RANGE({
    detail: `'${path}' has ${size} bytes, less than asked for`,
  })
}

function unknown(path: string): Error {
  return trackingErrors.ARTIFACT_UNKNOWN({ detail: `No such artifact: '${path}'` })
}
