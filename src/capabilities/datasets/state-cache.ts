import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeStateFolder } from './state-folder.ts'
import { setSignature, SIGNATURE_WORDS, sizeIn } from './workers/signature.ts'

/**
 * Remembers the hash of a single file while its times, size and inode stay the same, so that unchanged data is not
 * read again. (Folders have an index of their own.) Only a cache: deleting it costs time, nothing else.
 */
export interface StateCache {
  readonly lookup: (path: string, stats: Stats) => string | null
  /** A signature of zeros is of a file that changed too lately to be trusted, and is not remembered. */
  readonly record: (path: string, signature: Float64Array, md5: string) => void
  /** Writes what was recorded and not written yet. */
  readonly close: () => void
}

interface Row {
  readonly signature: string
  readonly md5: string
}

// What a kill may make read again: a transaction for each small file would cost more than its hash.
const MANY = 256
const LARGE = 16 << 20

const SCHEMA = `create table if not exists signatures
  (path text primary key, signature text not null, md5 text not null) without rowid`

export function openStateCache(file: string): StateCache {
  // Opened by the first question: many commands ask none.
  let opened: DatabaseSync | null | undefined
  const database = (): DatabaseSync | null => (opened ??= openOrNull(file))
  const pending = new Map<string, Row>()
  const flush = (): void => {
    const target = pending.size === 0 ? null : database()
    if (target === null) return
    attempt(() => {
      const upsert = target.prepare('insert or replace into signatures values (?, ?, ?)')
      target.exec('begin immediate')
      for (const [path, { signature, md5 }] of pending) upsert.run(path, signature, md5)
      target.exec('commit')
      pending.clear()
    })
    if (target.isTransaction) target.exec('rollback')
  }
  return {
    lookup: (path, stats) => {
      const row = pending.get(path) ?? stored(database(), path)
      return row?.signature === signatureText(stats) ? row.md5 : null
    },
    record: (path, signature, md5) => {
      if (!signature.some((word) => word !== 0)) return
      pending.set(path, { signature: signature.join(':'), md5 })
      if (pending.size >= MANY || sizeIn(signature, 0) >= LARGE) flush()
    },
    close: () => {
      flush()
      if (opened?.isOpen === true) opened.close()
      opened = null
    },
  }
}

function stored(database: DatabaseSync | null, path: string): Row | undefined {
  try {
    return database?.prepare('select signature, md5 from signatures where path = ?').get(path) as
      | Row
      | undefined
  } catch {
    return undefined
  }
}

function signatureText(stats: Stats): string {
  const words = new Float64Array(SIGNATURE_WORDS)
  setSignature(words, 0, stats)
  return words.join(':')
}

// A folder that cannot be written, or a cache that another version broke, must not stop the work.
function openOrNull(file: string): DatabaseSync | null {
  try {
    makeStateFolder(dirname(file))
    const database = new DatabaseSync(file, { timeout: 2000 })
    database.exec(`pragma journal_mode = wal; pragma synchronous = off; ${SCHEMA}`)
    return database
  } catch {
    return null
  }
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // Nothing is remembered this time; the next run hashes again.
  }
}
