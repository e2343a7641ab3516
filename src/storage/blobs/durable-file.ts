import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsync, openSync, renameSync, writeFile, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { storageError } from '../errors.ts'
import type { Blob } from './port.ts'

/**
 * Writes a file so that, whenever the machine stops, the name holds all of the content or what it held before:
 * temporary name beside it, sync, rename, sync of the folder. `nameOf` may wait for the hash.
 * @throws STORAGE_FULL, STORAGE_READ_ONLY; the temporary file is removed
 */
export async function writeDurably(
  folder: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  nameOf: (blob: Blob) => string,
): Promise<Blob> {
  const temporary = join(folder, `.tmp-${randomBytes(8).toString('hex')}`)
  try {
    const blob = await writeAndHash(await create(temporary), content)
    const target = nameOf(blob)
    if (dirname(target) !== folder) await makeFolder(dirname(target))
    renameSync(temporary, target)
    await syncFolder(dirname(target))
    return blob
  } catch (error) {
    await rm(temporary, { force: true })
    throw storageError(error)
  }
}

// Most folders are there already. What answers at once is not waited for: each turn through the thread pool costs a
// small file more than its bytes do.
async function create(file: string): Promise<number> {
  try {
    return openSync(file, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await makeFolder(dirname(file))
    return openSync(file, 'wx')
  }
}

// A new folder is an entry in the one above it, which has to reach the disk as well.
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true })
  if (made === undefined) return
  let parent = resolve(folder)
  do {
    parent = dirname(parent)
    await syncFolder(parent)
  } while (parent !== dirname(resolve(made)) && parent !== dirname(parent))
}

const WRITTEN_AT_ONCE = 64 * 1024
const written = promisify(writeFile)
const synced = promisify(fsync)

async function writeAndHash(
  descriptor: number,
  content: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk)
      size += chunk.byteLength
      if (size <= WRITTEN_AT_ONCE) writeFileSync(descriptor, chunk)
      else await written(descriptor, chunk)
    }
    await synced(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return { digest: hash.digest('hex'), size }
}

async function syncFolder(folder: string): Promise<void> {
  const descriptor = openSync(folder, 'r')
  try {
    await synced(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
