import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract as createExtract } from 'tar-stream'
import { RatchetError } from '../../../base/errors.ts'
import { invalidArchive } from './manifest.ts'

export interface ArchiveEntry {
  readonly path: string
  readonly bytes: number
  /** To be read to its end, or not at all. */
  readonly content: AsyncIterable<Uint8Array>
}

// Room for headers and padding between two files; a header that is longer is none that we wrote.
const BETWEEN_FILES = 2 ** 20

/**
 * Goes through the files of an archive in their order. Anything but a plain file is refused, and so is whatever
 * unpacks to more than its headers announce: `limit` bounds the first file.
 * @throws ARCHIVE_INVALID
 */
export async function walkArchive(
  file: string,
  limit: number,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const guard = { seen: 0, allowed: limit + BETWEEN_FILES }
  const extract = createExtract()
  const orStop = (error: unknown): never => {
    extract.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
  const unpacking = unpack(file, guard, extract).catch(orStop)
  const visiting = visitAll(extract, guard, visit).catch(orStop)
  const [unpacked, visited] = await Promise.allSettled([unpacking, visiting])
  // One of both is the cause; the other only says that it was stopped.
  const failed = [visited, unpacked].find((one) => one.status === 'rejected')
  if (failed?.status === 'rejected') throw asArchiveError(failed.reason, file)
}

interface Guard {
  seen: number
  allowed: number
}

async function unpack(
  file: string,
  guard: Guard,
  extract: ReturnType<typeof createExtract>,
): Promise<void> {
  const guarded = async function* (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of source) {
      guard.seen += chunk.byteLength
      if (guard.seen > guard.allowed) throw invalidArchive('it unpacks to more than it announces')
      yield chunk
    }
  }
  const isZipped = await isGzip(file)
  const source = createReadStream(file)
  await (isZipped
    ? pipeline(source, createGunzip(), guarded, extract as unknown as NodeJS.WritableStream)
    : pipeline(source, guarded, extract as unknown as NodeJS.WritableStream))
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}

async function visitAll(
  extract: ReturnType<typeof createExtract>,
  guard: Guard,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  for await (const entry of extract) {
    const { name, type, size = 0 } = entry.header
    if (type !== 'file') throw invalidArchive(`it holds a ${type ?? 'thing of no kind'}`, name)
    guard.allowed = guard.seen + size + BETWEEN_FILES
    await visit({ path: name, bytes: size, content: entry as AsyncIterable<Uint8Array> })
    entry.resume()
  }
}

function asArchiveError(error: unknown, file: string): unknown {
  if (error instanceof RatchetError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return invalidArchive(`it cannot be read (${code})`, file)
  const isBroken = code?.startsWith('Z_') === true || /tar|unexpected end|header/i.test(message)
  return isBroken ? invalidArchive(`it is no whole archive: ${message}`, file) : error
}
