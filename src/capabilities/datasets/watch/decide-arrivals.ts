import type { KnownFile, ListedFile, Take } from './schema.ts'

export interface Look {
  readonly listed: readonly ListedFile[]
  /** By path; null at the first look, which learns what is there and announces nothing. */
  readonly known: ReadonlyMap<string, KnownFile> | null
  /** Real time, as the times of files are. */
  readonly now: number
  readonly take: Take
  /** A training or a rollout is under way: what comes now would be refused, so it waits. */
  readonly busy: boolean
}

export interface Arrivals {
  /** One announcement for each group. */
  readonly groups: readonly (readonly ListedFile[])[]
  /** What is to be kept, where it differs from what is known. */
  readonly changed: readonly KnownFile[]
}

/** A file younger than this may still be written. */
const SETTLED_MS = 5000

/** Which of the listed files are new or changed since they were announced, and complete. */
export function decideArrivals(look: Look): Arrivals {
  const { known } = look
  const fresh = look.listed.filter((file) => !isAnnounced(known?.get(file.path), file))
  const ready = fresh.filter((file) => isComplete(look, file)).toSorted(byAge)
  const gone = known === null ? ready : look.busy ? [] : released(ready, look.take)
  const leaving = new Set(gone)
  const changed = fresh
    .map((file): KnownFile => ({ ...file, state: leaving.has(file) ? 'announced' : 'waiting' }))
    .filter((file) => !isKept(known?.get(file.path), file))
  return { groups: known === null ? [] : grouped(gone, look.take), changed }
}

function isAnnounced(known: KnownFile | undefined, file: ListedFile): boolean {
  return known?.state === 'announced' && isSame(known, file)
}

function isKept(known: KnownFile | undefined, file: KnownFile): boolean {
  return known?.state === file.state && isSame(known, file)
}

function isSame(one: ListedFile, other: ListedFile): boolean {
  return one.size === other.size && one.modifiedAt === other.modifiedAt
}

/** Not changed since the last look and not written just now. Without a time, two looks must agree. */
function isComplete({ known, now }: Look, file: ListedFile): boolean {
  const before = known?.get(file.path)
  if (before !== undefined && !isSame(before, file)) return false
  if (file.modifiedAt === null) return known === null || before !== undefined
  // Clocks of two machines may disagree by a little, either way.
  return Math.abs(now - file.modifiedAt) >= SETTLED_MS
}

// One training at a time: the next file follows at a look after this one's training has ended.
function released(ready: readonly ListedFile[], take: Take): readonly ListedFile[] {
  return take === 'each' ? ready.slice(0, 1) : ready
}

function grouped(files: readonly ListedFile[], take: Take): readonly (readonly ListedFile[])[] {
  const group = take === 'latest' ? files.slice(-1) : files
  return group.length === 0 ? [] : [group]
}

function byAge(one: ListedFile, other: ListedFile): number {
  const age = (one.modifiedAt ?? 0) - (other.modifiedAt ?? 0)
  if (age !== 0) return age
  return one.path < other.path ? -1 : 1
}
