import type { Skip, Skipped } from './source.ts'

export const KINDS = [
  'experiments',
  'runs',
  'params',
  'tags',
  'metrics',
  'datasets',
  'logged models',
  'artifacts',
  'models',
  'versions',
  'aliases',
] as const
export type Kind = (typeof KINDS)[number]

/** What one write added. */
export type Counts = Readonly<Partial<Record<Kind, number>>>

export interface KindCount {
  readonly kind: string
  readonly read: number
  readonly written: number
  readonly skipped: number
}

/** Of those that were skipped, so many are told one by one; the others are counted. */
const MOST_TOLD = 1000

/** Counts what was read, written and left out, in bounded memory. */
export function createTally() {
  const read = new Map<string, number>()
  const written = new Map<string, number>()
  const skipped = new Map<string, number>()
  const told: Required<Skipped>[] = []
  let faults = 0
  const add = (to: Map<string, number>, counts: Counts): void => {
    for (const [kind, count] of Object.entries(counts)) to.set(kind, (to.get(kind) ?? 0) + count)
  }
  const skip: Skip = (one) => {
    skipped.set(one.kind, (skipped.get(one.kind) ?? 0) + (one.count ?? 1))
    if (one.fault) faults += 1
    if (told.length < MOST_TOLD) told.push({ ...one, count: one.count ?? 1 })
  }
  return {
    read: (counts: Counts) => add(read, counts),
    written: (counts: Counts) => add(written, counts),
    skip,
    runsRead: () => read.get('runs') ?? 0,
    faults: () => faults,
    skipped: (): readonly Required<Skipped>[] => told,
    kinds: (): readonly KindCount[] =>
      [...new Set<string>([...KINDS, ...skipped.keys()])].map((kind) => ({
        kind,
        read: read.get(kind) ?? 0,
        written: written.get(kind) ?? 0,
        skipped: skipped.get(kind) ?? 0,
      })),
  }
}

export type Tally = ReturnType<typeof createTally>
