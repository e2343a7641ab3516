import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { segmentPath } from './spool-files.ts'

/** A segment that is open for writing; `size` counts what is known to be on the disk. */
export interface OpenSegment {
  readonly number: number
  readonly file: number
  readonly size: number
}

/** Stands for the segment that could not be opened yet. */
export const NO_SEGMENT: OpenSegment = { number: 0, file: -1, size: 0 }

export function closeSegment({ file }: OpenSegment): void {
  if (file >= 0) closeSync(file)
}

/** A new file for each start: a cursor into the old one cannot be misled by what a power cut took away. */
export function createSegment(dir: string, number: number): OpenSegment {
  mkdirSync(dir, { recursive: true })
  const file = openSync(segmentPath(dir, number), 'wx')
  syncFolder(dir)
  return { number, file, size: 0 }
}

/** Cuts off a last line that a crash left unfinished. */
export function repairTail(path: string): void {
  const file = openSync(path, 'r+')
  try {
    ftruncateSync(file, sizeOfWholeLines(file))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function sizeOfWholeLines(file: number): number {
  const chunk = Buffer.allocUnsafe(64 * 1024)
  let end = fstatSync(file).size
  while (end > 0) {
    const start = Math.max(0, end - chunk.length)
    const length = readSync(file, chunk, 0, end - start, start)
    const newline = chunk.subarray(0, length).lastIndexOf(0x0a)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}

/** Writes all of the bytes behind what is on the disk. Throws what the file system says. */
export function writeBehind({ file, size }: OpenSegment, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;)
    offset += writeSync(file, bytes, offset, bytes.length - offset, size + offset)
}

/** Takes back what a failed write may have left. */
export function takeBack({ file, size }: OpenSegment): void {
  try {
    ftruncateSync(file, size)
  } catch {
    // The torn line stays; the reader waits for its end until the next segment begins.
  }
}

/** So that the name of a new segment survives a power cut, too. */
function syncFolder(dir: string): void {
  const folder = openSync(dir, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
