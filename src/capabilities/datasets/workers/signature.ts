import type { BigIntStats } from 'node:fs'

/** What must not change for a hash to stay valid: mtime, ctime, size, and inode with device. */
export const SIGNATURE_WORDS = 4

/** Writes the signature of a file at its place in a column of signatures. */
export function setSignature(column: BigInt64Array, index: number, stats: BigIntStats): void {
  const at = SIGNATURE_WORDS * index
  column[at] = stats.mtimeNs
  column[at + 1] = changeTime(stats)
  column[at + 2] = stats.size
  column[at + 3] = stats.ino ^ (stats.dev << 44n)
}

export function hasSignature(column: BigInt64Array, index: number, stats: BigIntStats): boolean {
  const at = SIGNATURE_WORDS * index
  return (
    column[at] === stats.mtimeNs &&
    column[at + 1] === changeTime(stats) &&
    column[at + 2] === stats.size &&
    column[at + 3] === BigInt.asIntN(64, stats.ino ^ (stats.dev << 44n))
  )
}

// Another link to the same object changes ctime and nothing else; the file itself may not be written.
function changeTime({ nlink, mode, ctimeNs }: BigIntStats): bigint {
  return nlink > 1n && (mode & 0o222n) === 0n ? 0n : ctimeNs
}

// A second write within one tick of the file system's clock leaves the times as they were. What changed so
// lately is not remembered, as Git does with its "racy" entries.
const RACY_MS = 20
const RACY_NS = BigInt(RACY_MS) * 1_000_000n

export function isRacy(stats: BigIntStats, nowMs: number): boolean {
  const latest = stats.mtimeNs > stats.ctimeNs ? stats.mtimeNs : stats.ctimeNs
  return latest + RACY_NS > BigInt(nowMs) * 1_000_000n
}

/** Waits until what is written from now on has other times than what was written before. */
export function nextTick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RACY_MS))
}
