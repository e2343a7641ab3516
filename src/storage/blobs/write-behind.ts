import { fdatasync, fsync, writeFile, writeFileSync, writev } from 'node:fs'
import { promisify } from 'node:util'

const BLOCK = 1024 * 1024
/** More chunks than the system takes in one call come from nobody but who sends a few bytes at a time. */
const MOST_CHUNKS = 512
const SMALL = 64 * 1024
const SYNCED_EACH = 32 * BLOCK

const allWritten = promisify(writeFile)
const synced = promisify(fsync)
const contentSynced = promisify(fdatasync)

/** One file's content, as it is received. */
export interface WriteBehind {
  /** Resolves when the next chunk may be received; never more than two blocks are in memory. */
  readonly add: (chunk: Uint8Array) => Promise<void>
  /** Resolves when all is on the disk, to the number of bytes. */
  readonly end: () => Promise<number>
  /** Resolves, whatever happened, when nothing is under way: only then may the file be closed. */
  readonly settled: () => Promise<void>
}

/**
 * Writes to an open file while more is received: one block is on its way while another is filled, and the disk is kept
 * busy from early on, so that the sync at the end has little left to wait for. Fails at the next call after a write did.
 * `written` is told of chunks that are.
 */
export function writeBehind(
  descriptor: number,
  written: (chunk: Uint8Array) => void = () => {},
): WriteBehind {
  let [size, waiting, unsynced] = [0, 0, 0]
  let block: Uint8Array[] = []
  const writing = oneAtATime()
  const syncing = oneAtATime()

  const flush = async (): Promise<void> => {
    const full = block
    block = []
    waiting = 0
    await writing.start(async () => {
      await writeBlock(descriptor, full)
      full.forEach(written)
    })
    if (unsynced < SYNCED_EACH || syncing.isUnderWay()) return
    unsynced = 0
    await syncing.start(() => contentSynced(descriptor))
  }
  return {
    add: async (chunk) => {
      block.push(chunk)
      size += chunk.byteLength
      waiting += chunk.byteLength
      unsynced += chunk.byteLength
      if (waiting >= BLOCK || block.length >= MOST_CHUNKS) await flush()
    },
    end: async () => {
      await writing.idle()
      // What answers at once is not waited for: a turn through the thread pool costs a small file more than its bytes.
      if (size <= SMALL) for (const chunk of block) writeFileSync(descriptor, chunk)
      else await writeBlock(descriptor, block)
      await syncing.idle()
      await synced(descriptor)
      return size
    },
    settled: async () => {
      await writing.settled()
      await syncing.settled()
    },
  }
}

/** Starts work once what was started before is done, and goes on while it runs. Its failure is told at the next call. */
function oneAtATime() {
  let underWay: Promise<{ readonly error: unknown } | null> | null = null
  const idle = async (): Promise<void> => {
    const failure = await underWay
    if (failure !== null) throw failure.error
  }
  return {
    idle,
    settled: async (): Promise<void> => {
      await underWay
    },
    isUnderWay: (): boolean => underWay !== null,
    start: async (work: () => Promise<unknown>): Promise<void> => {
      await idle()
      underWay = work().then(
        () => (underWay = null),
        (error: unknown) => ({ error }),
      )
    },
  }
}

function writeBlock(descriptor: number, chunks: readonly Uint8Array[]): Promise<void> {
  const size = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return new Promise((resolve, reject) => {
    writev(descriptor, chunks, (error, count) => {
      if (error !== null) return reject(error)
      // The disk may take a part; what is left is written, or says why not.
      if (count === size) return resolve()
      allWritten(descriptor, Buffer.concat(chunks).subarray(count)).then(resolve, reject)
    })
  })
}
