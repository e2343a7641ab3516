import { existsSync, readdirSync, rmSync } from 'node:fs'
import { reach } from '../fault-points.ts'
import { makeStoreFolder, moveStoreFolder } from '../cache-permissions.ts'
import type { Pool } from '../workers/pool.ts'
import type { TakenIn } from '../workers/tasks.ts'
import type { Copies } from './object-store.ts'
import { syncFileSystem } from './sync-file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * Copies on their way into a store. They are written into a folder that nobody looks at, laid out as the store is; once
 * all of them are on the disk, each gets the name of its hash.
 */
export interface Intake {
  readonly store: string
  /** Room for the copies of one batch. */
  readonly begin: () => Batch
  /** All that was accepted has its name and is on the disk. */
  readonly finish: () => Promise<void>
  /** Removes what has no name yet. */
  readonly discard: () => void
}

/** Every batch ends in one of two ways: accepted, or given up. */
export interface Batch {
  /** Where copies lie; the folder is made by who writes the first. */
  readonly copies: Copies
  readonly accept: (taken: Pick<TakenIn, 'oids' | 'copied' | 'bytes'>) => Promise<void>
  /** What was written may be half: it gets no name. */
  readonly giveUp: () => void
}

export interface IntakeOptions {
  /** The folder with `ab/cdef…`. */
  readonly store: string
  /** On the same file system. */
  readonly temporaryRoot: string
  readonly pool: Pool
  /** For a few small files: a folder of unfinished ones that is there already and stays. */
  readonly lasting?: string | undefined
}

// What a kill makes undone; more would be named in fewer steps.
const FILES_A_GROUP = 262_144
const BYTES_A_GROUP = 2 ** 30
// The disk works beside the threads, instead of after them.
const FILES_A_SYNC = 32_768
const BYTES_A_SYNC = 256 << 20
// Fewer are synced one by one: a sync of the whole file system waits for what others wrote.
const FEW = 256
const FILES_A_TASK = 512

let intakes = 0

export function openIntake({ store, temporaryRoot, pool, lasting }: IntakeOptions): Intake {
  const flat = lasting !== undefined
  const folder = flat ? `${lasting}/${intakes++}` : temporaryFolder(temporaryRoot)
  const disk = backgroundSync(temporaryRoot)
  let groups = 0
  let total = 0
  let current: Group | null = null
  let naming: Promise<void> = Promise.resolve()
  const newGroup = (): Group => ({
    copies: { folder: flat ? folder : `${folder}/${groups++}`, flat },
    oids: [],
    files: 0,
    bytes: 0,
    open: 0,
    isWhole: true,
  })
  // Returns when the group before it has its names: at most one waits for the disk while the next is being written.
  const name = (group: Group): Promise<void> => {
    const before = naming
    naming = before.then(() => nameGroup({ store, temporaryRoot, pool, sync: total > FEW }, group))
    // The fault is thrown by who waits for it; until then nobody may call it unhandled.
    naming.catch(() => {})
    return before
  }
  const end = async (group: Group): Promise<void> => {
    group.open--
    if (group === current && isFull(group)) current = null
    if (group !== current && group.open === 0) await name(group)
  }
  return {
    store,
    begin: () => {
      const group = (current ??= newGroup())
      group.open++
      return {
        copies: group.copies,
        accept: async (taken) => {
          const count = addTaken(group, taken)
          total += count
          if (total > FEW) disk.wrote(count, taken.bytes)
          await end(group)
        },
        giveUp: () => {
          group.isWhole = false
          end(group).catch(() => {})
        },
      }
    },
    finish: async () => {
      const last = current
      current = null
      if (last !== null) void name(last)
      await naming
      await disk.idle()
      if (!flat) rmSync(folder, { recursive: true, force: true })
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Copies that are named together. */
interface Group {
  readonly copies: Copies
  /** 32 digits a file, a text for each batch. */
  readonly oids: string[]
  files: number
  bytes: number
  /** Batches that are neither accepted nor given up. */
  open: number
  /** Every file in its folder is whole. */
  isWhole: boolean
}

function isFull({ files, bytes }: Group): boolean {
  return files >= FILES_A_GROUP || bytes >= BYTES_A_GROUP
}

function addTaken(
  group: Group,
  { oids, copied, bytes }: Pick<TakenIn, 'oids' | 'copied' | 'bytes'>,
) {
  const written = copied.every((wrote) => wrote === 1)
    ? oids
    : [...copied]
        .map((wrote, index) => (wrote === 1 ? oids.slice(32 * index, 32 * index + 32) : ''))
        .join('')
  if (written !== '') group.oids.push(written)
  const count = written.length / 32
  group.files += count
  group.bytes += bytes
  return count
}

function backgroundSync(folder: string) {
  let syncing: Promise<unknown> | null = null
  let files = 0
  let bytes = 0
  return {
    wrote: (moreFiles: number, moreBytes: number): void => {
      files += moreFiles
      bytes += moreBytes
      if (syncing !== null || (files < FILES_A_SYNC && bytes < BYTES_A_SYNC)) return
      files = 0
      bytes = 0
      syncing = syncFileSystem(folder).then(() => (syncing = null))
    },
    idle: async (): Promise<void> => void (await syncing),
  }
}

interface Naming {
  readonly store: string
  readonly temporaryRoot: string
  readonly pool: Pool
  readonly sync: boolean
}

async function nameGroup(
  { store, temporaryRoot, pool, sync }: Naming,
  group: Group,
): Promise<void> {
  if (group.files === 0) return
  reach('intake: before the sync')
  const synced = sync && (await syncFileSystem(temporaryRoot))
  reach('intake: synced')
  const { copies } = group
  const asFolders = synced && group.isWhole && !copies.flat
  const named = asFolders ? nameFolders(copies.folder, store) : new Set<string>()
  const tasks: Promise<null>[] = []
  for (const oids of remaining(group.oids, named))
    tasks.push(pool.run({ kind: 'publish', copies, store, oids, sync: !synced }))
  await Promise.all(tasks)
  reach('intake: named')
}

/**
 * Moves whole folders `ab` to where the store has none yet: 256 steps in place of one for each object. Returns those
 * that were moved; beside what is there already, objects are named one by one.
 */
function nameFolders(folder: string, store: string): ReadonlySet<string> {
  const named = new Set<string>()
  makeStoreFolder(store)
  for (const prefix of readdirSync(folder)) {
    if (!/^[0-9a-f]{2}$/.test(prefix) || existsSync(`${store}/${prefix}`)) continue
    reach('publish: before the name')
    if (moveStoreFolder(`${folder}/${prefix}`, `${store}/${prefix}`)) named.add(prefix)
    reach('publish: after the name')
  }
  return named
}

function* remaining(batches: readonly string[], named: ReadonlySet<string>): Generator<string> {
  let oids = ''
  for (const batch of batches)
    for (let at = 0; at < batch.length; at += 32) {
      if (named.has(batch.slice(at, at + 2))) continue
      oids += batch.slice(at, at + 32)
      if (oids.length < 32 * FILES_A_TASK) continue
      yield oids
      oids = ''
    }
  if (oids !== '') yield oids
}
