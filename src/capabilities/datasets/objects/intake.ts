import { mkdirSync, rmSync } from 'node:fs'
import { reach } from '../fault-points.ts'
import type { Pool } from '../workers/pool.ts'
import type { TakenIn } from '../workers/tasks.ts'
import { OidSet } from './oid-set.ts'
import { syncFileSystem } from './sync-file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * Copies on their way into a store. They are written under names that nobody looks at; once a good number is there,
 * all of them are brought to the disk at once, and only then does each get the name of its hash.
 */
export interface Intake {
  readonly store: string
  /** Start of names for the copies of one batch. */
  readonly nextTemporary: () => string
  readonly accept: (temporary: string, taken: TakenIn) => Promise<void>
  /** All that was accepted has its name and is on the disk. */
  readonly finish: () => Promise<void>
  /** Removes what has no name yet. */
  readonly discard: () => void
}

export interface IntakeOptions {
  /** The folder with `ab/cdef…`. */
  readonly store: string
  /** On the same file system. */
  readonly temporaryRoot: string
  readonly pool: Pool
  readonly onPublished?: ((count: number) => void) | undefined
}

const FILES_A_SYNC = 32_768
const BYTES_A_SYNC = 512 << 20
// Fewer are synced one by one: a sync of the whole file system waits for what others wrote.
const FEW = 256
const FILES_A_TASK = 512

export function openIntake({ store, temporaryRoot, pool, onPublished }: IntakeOptions): Intake {
  const folder = temporaryFolder(temporaryRoot)
  const named = new OidSet()
  let batches = 0
  let group: Group = { from: [], to: [], bytes: 0 }
  let naming: Promise<void> = Promise.resolve()
  let total = 0
  const flush = (): Promise<void> => {
    const full = group
    group = { from: [], to: [], bytes: 0 }
    total += full.from.length
    naming = naming.then(async () => {
      await nameGroup({ folder: temporaryRoot, pool, sync: total > FEW }, full)
      onPublished?.(full.from.length)
    })
    // The fault is thrown by who waits for it; until then nobody may call it unhandled.
    naming.catch(() => {})
    return naming
  }
  return {
    store,
    nextTemporary: () => {
      mkdirSync(folder, { recursive: true })
      return `${folder}/${batches++}-`
    },
    accept: async (temporary, { oids, copied, bytes }) => {
      for (const [index, wrote] of copied.entries()) {
        const oid = oids.slice(32 * index, 32 * index + 32)
        if (wrote === 0) continue
        if (!named.add(oid)) {
          rmSync(temporary + index, { force: true })
          continue
        }
        group.from.push(temporary + index)
        group.to.push(`${store}/${oid.slice(0, 2)}/${oid.slice(2)}`)
      }
      group.bytes += bytes
      if (group.from.length < FILES_A_SYNC && group.bytes < BYTES_A_SYNC) return
      // At most one group waits for the disk while the next is being written.
      await naming
      void flush()
    },
    finish: async () => {
      await flush()
      rmSync(folder, { recursive: true, force: true })
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  }
}

interface Group {
  readonly from: string[]
  readonly to: string[]
  bytes: number
}

async function nameGroup(
  { folder, pool, sync }: { readonly folder: string; readonly pool: Pool; readonly sync: boolean },
  { from, to }: Group,
): Promise<void> {
  if (from.length === 0) return
  reach('intake: before the sync')
  const synced = sync && (await syncFileSystem(folder))
  reach('intake: synced')
  const tasks: Promise<null>[] = []
  for (let at = 0; at < from.length; at += FILES_A_TASK)
    tasks.push(
      pool.run({
        kind: 'publish',
        from: from.slice(at, at + FILES_A_TASK),
        to: to.slice(at, at + FILES_A_TASK),
        sync: !synced,
      }),
    )
  await Promise.all(tasks)
  reach('intake: named')
}
