import { constants, type BigIntStats, statSync } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { createHash, randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { md5 as md5Of } from '../../base/hash.ts'
import { datasetErrors } from './errors.ts'
import type { DataProject } from './project.ts'
import { fileSignature } from './state-cache.ts'

const OID = /^[0-9a-f]{32}(\.dir)?$/

/** Where an object lies in the cache. @throws DATASET_FILE_INVALID when it is not an MD5 name. */
export function cachePath(project: DataProject, oid: string): string {
  if (!OID.test(oid))
    throw datasetErrors.DATASET_FILE_INVALID({ detail: `"${oid}" is not an MD5 hash` })
  return join(project.cacheDir, 'files/md5', oid.slice(0, 2), oid.slice(2))
}

/** Whether the object is there, of the size given. What is there was verified before it got its name. */
export function isCached(project: DataProject, oid: string, size?: bigint): boolean {
  const stats = statSync(cachePath(project, oid), { bigint: true, throwIfNoEntry: false })
  return stats?.isFile() === true && (size === undefined || stats.size === size)
}

const SMALL = 1 << 20

/**
 * The MD5 of a file, without storing it. Small ones in one read.
 * @throws DATASET_CHANGED_WHILE_READ when its size or times differ after reading.
 */
export async function hashFile(project: DataProject, path: string): Promise<string> {
  const stats = statSync(path, { bigint: true })
  const known = project.state.lookup(path, stats)
  return known ?? readFile(project, path, null)
}

/** Hashes a file and keeps a copy in the cache, reading it once. */
export async function storeFile(project: DataProject, path: string): Promise<string> {
  const stats = statSync(path, { bigint: true })
  const known = project.state.lookup(path, stats)
  if (known !== null && isCached(project, known, stats.size)) return known
  const target = await temporary(project)
  try {
    const cloned = await tryClone(path, target)
    const oid = await readFile(project, path, cloned ? null : target)
    await publish(project, target, oid)
    return oid
  } catch (error) {
    await rm(target, { force: true })
    throw error
  }
}

/** Stores bytes under their name, such as the listing of a folder. */
export async function storeBytes(project: DataProject, oid: string, bytes: Buffer): Promise<void> {
  if (isCached(project, oid, BigInt(bytes.length))) return
  const target = await temporary(project)
  const handle = await open(target, 'wx', 0o644)
  try {
    await handle.writeFile(bytes)
  } finally {
    await handle.close()
  }
  await publish(project, target, oid)
}

// Within the cache, so that the rename stays on one file system; outside files/, where names are hashes.
async function temporary(project: DataProject): Promise<string> {
  const folder = join(project.cacheDir, '.ratchet-tmp')
  await mkdir(folder, { recursive: true })
  return join(folder, randomBytes(8).toString('hex'))
}

// A clone shares blocks with the original; where the file system cannot do it, the copy is made while hashing.
async function tryClone(path: string, target: string): Promise<boolean> {
  try {
    await copyFile(path, target, constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    await rm(target, { force: true })
    return false
  }
}

async function readFile(
  project: DataProject,
  path: string,
  copyTo: string | null,
): Promise<string> {
  const source = await openSource(path)
  const copy = copyTo === null ? null : await open(copyTo, 'wx', 0o644)
  try {
    const before = await source.stat({ bigint: true })
    const oid = await readThrough(source, copy, before)
    const after = await source.stat({ bigint: true })
    if (fileSignature(before) !== fileSignature(after))
      throw datasetErrors.DATASET_CHANGED_WHILE_READ({ detail: path, path })
    project.state.record(path, after, oid)
    return oid
  } finally {
    await source.close()
    await copy?.close()
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as { code?: string }).code !== 'EACCES') throw error
    throw datasetErrors.DATASET_UNREADABLE({ detail: path, path, cause: error })
  }
}

async function readThrough(
  source: FileHandle,
  copy: FileHandle | null,
  stats: BigIntStats,
): Promise<string> {
  if (stats.size <= BigInt(SMALL)) {
    const bytes = await source.readFile()
    await copy?.writeFile(bytes)
    return md5Of(bytes)
  }
  const hash = createHash('md5')
  const buffer = Buffer.allocUnsafe(SMALL)
  for (let position = 0; ;) {
    const { bytesRead } = await source.read(buffer, 0, SMALL, position)
    if (bytesRead === 0) return hash.digest('hex')
    const chunk = buffer.subarray(0, bytesRead)
    hash.update(chunk)
    await copy?.writeFile(chunk)
    position += bytesRead
  }
}

// Read-only means verified, to DVC and to us: so the mode comes after the content is safe, before the name.
async function publish(project: DataProject, temporaryPath: string, oid: string): Promise<void> {
  const target = cachePath(project, oid)
  const handle = await open(temporaryPath, 'r+')
  try {
    await handle.chmod(0o444)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await mkdir(dirname(target), { recursive: true })
  await rename(temporaryPath, target)
}

/** Makes the names of new objects durable: one sync a folder, after many renames. */
export async function syncCacheFolders(
  project: DataProject,
  oids: Iterable<string>,
): Promise<void> {
  const folders = new Set([...oids].map((oid) => dirname(cachePath(project, oid))))
  for (const folder of folders) {
    const handle = await open(folder, 'r')
    // Some file systems cannot sync a folder; the files themselves are safe already.
    await handle.sync().catch(() => {})
    await handle.close()
  }
}
