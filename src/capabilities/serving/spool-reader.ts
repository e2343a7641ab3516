import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs'
import { listSegments, segmentPath, type SpoolCursor } from './spool-files.ts'
import { parseSpoolLine, type SpoolRecord } from './spool-records.ts'

export interface SpoolBatch {
  readonly records: readonly SpoolRecord[]
  /** Store it in the transaction that stores the records: then each is taken exactly once. */
  readonly cursor: SpoolCursor
  /** Complete lines that are no records, skipped. Anything but 0 deserves an alert. */
  readonly corrupt: number
  /** Nothing complete was left behind the cursor when this was read. */
  readonly atEnd: boolean
}

/**
 * Reads complete lines from the cursor on, up to about `maxBytes` (at least one line, however long), in the
 * order in which they were written. An incomplete last line is left for the next call.
 */
export function readSpool(options: {
  readonly dir: string
  readonly cursor: SpoolCursor
  readonly maxBytes: number
}): SpoolBatch {
  const { dir, maxBytes } = options
  const segments = listSegments(dir)
  let cursor = rebase(options.cursor, segments)
  const records: SpoolRecord[] = []
  let corrupt = 0
  let budget = maxBytes
  for (const segment of segments) {
    if (segment < cursor.segment) continue
    const offset = segment === cursor.segment ? cursor.offset : 0
    const { bytes, more } = readLines(segmentPath(dir, segment), offset, budget)
    for (const line of bytes.toString().split('\n')) {
      if (line === '') continue
      const record = parseSpoolLine(line)
      if (record === null) corrupt += 1
      else records.push(record)
    }
    cursor = { segment, offset: offset + bytes.length }
    budget -= bytes.length
    if (more || budget <= 0) return { records, cursor, corrupt, atEnd: false }
  }
  return { records, cursor, corrupt, atEnd: true }
}

// A cursor past the highest segment means that the spool was taken away and began anew.
function rebase(cursor: SpoolCursor, segments: readonly number[]): SpoolCursor {
  const last = segments.at(-1)
  return last !== undefined && last < cursor.segment ? { segment: 0, offset: 0 } : cursor
}

/** Whole lines from the offset on; more than `budget` only for a single longer line. */
function readLines(path: string, offset: number, budget: number): { bytes: Buffer; more: boolean } {
  const file = openSync(path, 'r')
  try {
    const available = Math.max(0, fstatSync(file).size - offset)
    let size = Math.min(available, budget)
    for (;;) {
      const buffer = Buffer.allocUnsafe(size)
      const length = readSync(file, buffer, 0, size, offset)
      const end = buffer.subarray(0, length).lastIndexOf(0x0a) + 1
      if (end > 0 || size >= available)
        return { bytes: buffer.subarray(0, end), more: size < available }
      size = Math.min(available, size * 2)
    }
  } finally {
    closeSync(file)
  }
}

/** Deletes the segments before this one, all of whose records have been stored. Never the highest. */
export function deleteSegmentsBefore(dir: string, segment: number): number {
  const segments = listSegments(dir)
  const last = segments.at(-1) ?? 0
  const done = segments.filter((found) => found < segment && found < last)
  for (const found of done) rmSync(segmentPath(dir, found), { force: true })
  return done.length
}
