import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { datasetErrors } from '../errors.ts'
import { type Held, holdBytes } from './memory.ts'
import type { TransferOptions, UploadSource } from './port.ts'

/** What is sent or fetched in one call. Stores ask for at least 5 MiB; larger parts cost memory, smaller ones time. */
export const PART_BYTES = 16 * 1024 * 1024
/** Parts of one object under way at once; all objects together are bounded by `memory.ts`. */
export const PARTS_AT_ONCE = 4

export interface Part {
  /** From 1, in the order of the file. */
  readonly number: number
  readonly bytes: Buffer
}

/**
 * Reads a file once, in order, and sends its parts several at a time. Resolves when all have arrived and the whole has
 * the MD5 that was said; the caller then makes the object visible.
 * @throws DATASET_OBJECT_CORRUPT, and what `send` throws
 */
export async function sendInParts(
  { path, size, md5 }: UploadSource,
  send: (part: Part) => Promise<void>,
  { partBytes = PART_BYTES, signal, onBytes }: TransferOptions & { readonly partBytes?: number },
): Promise<void> {
  const hash = createHash('md5')
  const handle = await open(path)
  const sending = new Set<Promise<void>>()
  try {
    const count = Math.max(1, Math.ceil(size / partBytes))
    for (let number = 1; number <= count; number++) {
      signal?.throwIfAborted()
      const start = (number - 1) * partBytes
      const length = Math.min(partBytes, size - start)
      // A small object is held by who sends it: see `readWhole`.
      const room = count === 1 ? null : await holdBytes(length)
      try {
        const bytes = await readPart(handle, start, length)
        hash.update(bytes)
        const one = send({ number, bytes })
          .then(() => onBytes?.(bytes.length))
          .finally(() => {
            room?.release()
            sending.delete(one)
          })
        sending.add(one)
      } catch (error) {
        room?.release()
        throw error
      }
      if (sending.size >= PARTS_AT_ONCE) await Promise.race(sending)
    }
    await Promise.all(sending)
  } finally {
    await Promise.allSettled(sending)
    await handle.close()
  }
  signal?.throwIfAborted()
  const sent = hash.digest('hex')
  if (sent !== md5)
    throw datasetErrors.DATASET_OBJECT_CORRUPT({
      detail: `${path} has MD5 ${sent}, and should have ${md5}`,
      path,
    })
}

async function readPart(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(bytes, 0, length, start)
  return bytes.subarray(0, bytesRead)
}

/** A whole object in one piece of memory, for which the caller holds room; checked before it is sent. @throws DATASET_OBJECT_CORRUPT */
export async function readWhole(source: UploadSource, options: TransferOptions): Promise<Buffer> {
  const pieces: Buffer[] = []
  const keep = async ({ bytes }: Part): Promise<void> => void pieces.push(bytes)
  await sendInParts(source, keep, { signal: options.signal })
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** Bytes `first` to `last`, both inclusive, as the HTTP header counts. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** The ranges of an object from an offset on, fetched several at a time and yielded in order. */
export async function* inRanges(
  { from, size }: { readonly from: number; readonly size: number },
  fetchRange: (range: ByteRange) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const waiting: Coming[] = []
  let next = from
  try {
    for (;;) {
      for (; next < size && waiting.length < PARTS_AT_ONCE; next += PART_BYTES)
        waiting.push(
          coming({ first: next, last: Math.min(next + PART_BYTES, size) - 1 }, fetchRange),
        )
      const first = waiting[0]
      if (first === undefined) return
      yield await first.bytes
      await first.release()
      waiting.shift()
    }
  } finally {
    // A range that fails after the reader has gone is nobody's fault any more.
    await Promise.allSettled(waiting.map(({ bytes }) => bytes))
    for (const { release } of waiting) await release()
  }
}

interface Coming {
  readonly bytes: Promise<Uint8Array>
  readonly release: () => Promise<void>
}

function coming(range: ByteRange, fetchRange: (range: ByteRange) => Promise<Uint8Array>): Coming {
  const room: Promise<Held> = holdBytes(range.last - range.first + 1)
  const bytes = room.then(() => fetchRange(range))
  // Thrown to who waits for it, later.
  bytes.catch(() => {})
  return { bytes, release: async () => (await room).release() }
}
