import type { FileHandle } from 'node:fs/promises'
import { reach } from '../fault-points.ts'
import { LEGACY_CHUNK } from '../workers/legacy-hash.ts'

/** A piece of a file that is being read. */
export interface Part {
  readonly bytes: Buffer
  /** The bytes stay as they are until this is done; then the buffer is read into again. */
  readonly releaseAfter: (done: Promise<unknown>) => void
}

export const PART_BYTES = 4 * LEGACY_CHUNK
/**
 * Who hashes the parts finds the next one read as long as those before it are written within the time that the other
 * buffers take to hash: 40 ms, more than a disk that is being synced keeps a write waiting.
 */
export const MOST_PARTS = 8

/** The parts of a file in order, whole but for the last, in a ring of few buffers however large the file is. */
export async function* readParts(file: FileHandle, size: number): AsyncGenerator<Part> {
  // One more read than the file has parts sees its end.
  const count = Math.min(MOST_PARTS, Math.floor(size / PART_BYTES) + 1)
  const ring = Array.from({ length: count }, (_, turn) => {
    const buffer = Buffer.allocUnsafe(PART_BYTES)
    return { buffer, reading: quiet(fill(file, buffer, turn * PART_BYTES)) }
  })
  for (let turn = 0; ; turn++) {
    const slot = ring[turn % count]
    const bytes = await slot?.reading
    if (slot === undefined || bytes === undefined || bytes.length === 0) return
    const next = (turn + count) * PART_BYTES
    const releaseAfter = (done: Promise<unknown>): void => {
      slot.reading = quiet(done.then(() => fill(file, slot.buffer, next)))
    }
    yield { bytes, releaseAfter }
    if (bytes.length < PART_BYTES) return
  }
}

async function fill(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let length = 0
  while (length < buffer.length) {
    const rest = buffer.length - length
    const { bytesRead } = await file.read(buffer, length, rest, position + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/** Takes the parts of a new file, in order. */
export interface PartWriter {
  /** Done when the bytes are written, not when they are on the disk. */
  readonly write: (bytes: Buffer) => Promise<void>
  /** All is written, and no sync is under way. @throws what went wrong with any part */
  readonly finish: () => Promise<void>
}

// Writing to the disk starts early and goes on beside the writing of further parts, instead of all at the end.
const BYTES_A_SYNC = 64 << 20

export function writeParts(file: FileHandle, { sync }: { readonly sync: boolean }): PartWriter {
  let written = Promise.resolve()
  let syncing: Promise<void> | null = null
  let unsynced = 0
  const startSync = (): void => {
    unsynced = 0
    const ends = file.datasync().then(() => void (syncing = null))
    syncing = quiet(ends)
  }
  const writeOne = async (bytes: Buffer): Promise<void> => {
    for (let at = 0; at < bytes.length;)
      at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
    reach('file-parts: part written')
    unsynced += bytes.length
    if (sync && syncing === null && unsynced >= BYTES_A_SYNC) startSync()
  }
  return {
    write: (bytes) => (written = quiet(written.then(() => writeOne(bytes)))),
    finish: async () => {
      await written
      await syncing
    },
  }
}

// The fault is thrown by who waits for it; until then nobody may call it unhandled.
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
