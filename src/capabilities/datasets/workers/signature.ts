import type { Stats } from 'node:fs'

/** What must not change for a hash to stay valid: mtime, ctime, size, and inode with device. */
export const SIGNATURE_WORDS = 4
const SIZE_WORD = 2

/**
 * Writes the signature of a file at its place in a column of signatures. Times are milliseconds with their fractions: a
 * double tells a quarter of a microsecond, which is far below what the clocks of file systems do, and costs half of what
 * Node's exact integers cost.
 */
export function setSignature(column: Float64Array, index: number, stats: Stats): void {
  const at = SIGNATURE_WORDS * index
  column[at] = stats.mtimeMs
  column[at + 1] = changeTime(stats)
  column[at + SIZE_WORD] = stats.size
  column[at + 3] = identity(stats)
}

export function hasSignature(column: Float64Array, index: number, stats: Stats): boolean {
  const at = SIGNATURE_WORDS * index
  return (
    column[at] === stats.mtimeMs &&
    column[at + 1] === changeTime(stats) &&
    column[at + SIZE_WORD] === stats.size &&
    column[at + 3] === identity(stats)
  )
}

export function sizeIn(column: Float64Array, index: number): number {
  return column[SIGNATURE_WORDS * index + SIZE_WORD] ?? 0
}

// Another link to the same object changes ctime and nothing else; the file itself may not be written.
function changeTime({ nlink, mode, ctimeMs }: Stats): number {
  return nlink > 1 && (mode & 0o222) === 0 ? 0 : ctimeMs
}

// The device goes into the fraction, which no inode number has.
function identity({ ino, dev }: Stats): number {
  return ino + (dev % 2 ** 20) / 2 ** 20
}

// A second write within one tick of the file system's clock leaves the times as they were. What changed so
// lately is not remembered, as Git does with its "racy" entries.
const RACY_MS = 20

export function isRacy({ mtimeMs, ctimeMs }: Stats, nowMs: number): boolean {
  return Math.max(mtimeMs, ctimeMs) + RACY_MS > nowMs
}

/** Waits until what is written from now on has other times than what was written before. */
export function nextTick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RACY_MS))
}
