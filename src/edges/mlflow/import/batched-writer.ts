import { errorMessage, RatchetError } from '../../../base/errors.ts'
import type { Database, Tx } from '../../../storage/database/port.ts'
import type { Counts, Kind, Tally } from './tally.ts'

/** One thing to write. It may be written twice: the first time its neighbors may have failed. */
export interface Write {
  readonly kind: Kind
  readonly id: string
  /** About how many rows. */
  readonly weight: number
  readonly work: (tx: Tx) => Promise<Counts>
}

// Small enough that a server beside us, which waits five seconds for its turn, never notices.
const ROWS_IN_A_TRANSACTION = 4000

/** Writes in transactions of a few thousand rows. What one thing breaks is left out; the others are written. */
export function createBatchedWriter(database: Database, tally: Tally) {
  let waiting: Write[] = []
  let weight = 0
  const commit = (writes: readonly Write[]): Promise<readonly Counts[]> =>
    database.transaction(async (tx) => {
      const counts: Counts[] = []
      for (const write of writes) counts.push(await write.work(tx))
      return counts
    })
  const flush = async (): Promise<void> => {
    const writes = waiting
    waiting = []
    weight = 0
    if (writes.length === 0) return
    try {
      for (const counts of await commit(writes)) tally.written(counts)
    } catch (error) {
      if (isStorageFault(error)) throw error
      for (const write of writes) await alone(write)
    }
  }
  const alone = async (write: Write): Promise<void> => {
    try {
      for (const counts of await commit([write])) tally.written(counts)
    } catch (error) {
      if (isStorageFault(error)) throw error
      tally.skip({ kind: write.kind, id: write.id, reason: errorMessage(error), fault: true })
    }
  }
  return {
    add: async (write: Write): Promise<void> => {
      waiting.push(write)
      weight += write.weight
      if (weight >= ROWS_IN_A_TRANSACTION) await flush()
    },
    flush,
  }
}

export type BatchedWriter = ReturnType<typeof createBatchedWriter>

// A full disk is not the fault of the run that happened to meet it.
function isStorageFault(error: unknown): boolean {
  return error instanceof RatchetError && error.code.startsWith('STORAGE_')
}
