import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsync, openSync, renameSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { storageError } from '../errors.ts'
import type { Blob } from './port.ts'
import { writeBehind } from './write-behind.ts'

type Content = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Writes a file so that, whenever the machine stops, the name holds all of the content or what it held before:
 * temporary name beside it, sync, rename, sync of the folder. `nameOf` waits for the hash.
 * @throws STORAGE_FULL, STORAGE_READ_ONLY; the temporary file is removed
 */
export async function writeDurably(
  folder: string,
  content: Content,
  nameOf: (blob: Blob) => string,
): Promise<Blob> {
  const hash = createHash('sha256')
  return writeThenName(folder, { content, see: (chunk) => hash.update(chunk) }, (size) => {
    const blob = { digest: hash.digest('hex'), size }
    return { target: nameOf(blob), result: blob }
  })
}

export interface WriteOptions {
  /**
   * Nobody else has the chunks that come, so their memory is given back as soon as they are written. Left to be collected,
   * a gibibyte that is received makes the collector look through the whole heap sixteen times.
   */
  readonly chunksAreGiven?: boolean
}

/** Likewise, for a file whose name is known and whose hash nobody asks for. The bytes that were written. */
export async function replaceDurably(
  file: string,
  content: Content,
  options: WriteOptions = {},
): Promise<number> {
  const named = (size: number) => ({ target: file, result: size })
  return writeThenName(dirname(file), { content, see: () => {}, ...options }, named)
}

interface Seen extends WriteOptions {
  readonly content: Content
  readonly see: (chunk: Uint8Array) => unknown
}

async function writeThenName<T>(
  folder: string,
  seen: Seen,
  name: (size: number) => { readonly target: string; readonly result: T },
): Promise<T> {
  const temporary = join(folder, `.tmp-${randomBytes(8).toString('hex')}`)
  try {
    const size = await writeContent(await create(temporary), seen)
    const { target, result } = name(size)
    if (dirname(target) !== folder) await makeFolder(dirname(target))
    renameSync(temporary, target)
    await syncFolder(dirname(target))
    return result
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

async function writeContent(descriptor: number, seen: Seen): Promise<number> {
  const { content, see, chunksAreGiven = false } = seen
  const written = chunksAreGiven ? giveBack : () => {}
  const file = writeBehind(descriptor, written)
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      see(chunk)
      await file.add(chunk)
    }
    return await file.end()
  } finally {
    await file.settled()
    closeSync(descriptor)
  }
}

// What shares its memory with others stays.
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

const synced = promisify(fsync)

async function syncFolder(folder: string): Promise<void> {
  const descriptor = openSync(folder, 'r')
  try {
    await synced(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
