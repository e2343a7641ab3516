import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
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
    await makeFolder(folder)
    const blob = await writeAndHash(temporary, content)
    const target = nameOf(blob)
    await makeFolder(dirname(target))
    await rename(temporary, target)
    await syncFolder(dirname(target))
    return blob
  } catch (error) {
    await rm(temporary, { force: true })
    throw storageError(error)
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

async function writeAndHash(
  file: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const hash = createHash('sha256')
  let size = 0
  const handle = await open(file, 'wx')
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk)
      size += chunk.byteLength
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { digest: hash.digest('hex'), size }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
