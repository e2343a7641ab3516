import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs'
import { promisify } from 'node:util'

/** Brings SQLite's log of changes to the disk: all that was committed before the call. */
export interface LogSync {
  /** Without leaving the thread, which is quickest for one writer who is alone. */
  readonly now: () => void
  /** In another thread, so that this one has time for whoever comes meanwhile. */
  readonly later: () => Promise<void>
  readonly close: () => void
}

const synced = promisify(fdatasync)

/** The log of a database file that is open. */
export function openLogSync(file: string): LogSync {
  let descriptor: number | undefined
  // The log appears with the first commit, and stays the same file while the database is open.
  const opened = (): number => (descriptor ??= openSync(`${file}-wal`, 'r+'))
  return {
    now: () => fdatasyncSync(opened()),
    later: async () => synced(opened()),
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
    },
  }
}
