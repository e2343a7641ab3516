import { type BigIntStats, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../base/time.ts'

/**
 * Remembers the hash of a file while its times, size and inode stay the same, so that unchanged data is not
 * read again. Only a cache: deleting it costs time, nothing else.
 */
export interface StateCache {
  readonly lookup: (path: string, stats: BigIntStats) => string | null
  readonly record: (path: string, stats: BigIntStats, md5: string) => void
  /** Writes what was recorded since, in one transaction. */
  readonly flush: () => void
  readonly close: () => void
}

/** What must not change for a hash to stay valid. */
export function fileSignature(stats: BigIntStats): string {
  return `${stats.mtimeNs}:${stats.ctimeNs}:${stats.size}:${stats.ino}:${stats.dev}`
}

// A second write within one tick of the file system's clock leaves the times as they were. What changed so
// lately is not remembered, as Git does with its "racy" entries.
const RACY_NS = 20_000_000n

const SCHEMA = `create table if not exists files
  (path text primary key, signature text not null, md5 text not null) without rowid`

export function openStateCache(file: string): StateCache {
  const database = openOrNull(file)
  if (database === null) return memoryOnly()
  const select = database.prepare('select signature, md5 from files where path = ?')
  const upsert = database.prepare('insert or replace into files values (?, ?, ?)')
  const pending = new Map<string, { readonly signature: string; readonly md5: string }>()
  const flush = (): void => {
    if (pending.size === 0) return
    attempt(() => {
      database.exec('begin immediate')
      for (const [path, { signature, md5 }] of pending) upsert.run(path, signature, md5)
      database.exec('commit')
    })
    if (database.isTransaction) database.exec('rollback')
    pending.clear()
  }
  return {
    lookup: (path, stats) => {
      const row =
        pending.get(path) ?? (select.get(path) as { signature: string; md5: string } | undefined)
      return row !== undefined && row.signature === fileSignature(stats) ? row.md5 : null
    },
    record: (path, stats, md5) => {
      if (isRacy(stats)) return
      pending.set(path, { signature: fileSignature(stats), md5 })
    },
    flush,
    close: () => {
      if (!database.isOpen) return
      flush()
      database.close()
    },
  }
}

function isRacy(stats: BigIntStats): boolean {
  const latest = stats.mtimeNs > stats.ctimeNs ? stats.mtimeNs : stats.ctimeNs
  return latest + RACY_NS > BigInt(systemClock.now()) * 1_000_000n
}

// A folder that cannot be written, or a cache that another version broke, must not stop the work.
function openOrNull(file: string): DatabaseSync | null {
  try {
    hideFromGit(dirname(file))
    const database = new DatabaseSync(file, { timeout: 2000 })
    database.exec(`pragma journal_mode = wal; pragma synchronous = off; ${SCHEMA}`)
    return database
  } catch {
    return null
  }
}

// A project that `ratchet init` never saw has no line for it in its .gitignore.
function hideFromGit(folder: string): void {
  if (existsSync(folder)) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, '.gitignore'), '*\n')
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // Nothing is remembered this time; the next run hashes again.
  }
}

function memoryOnly(): StateCache {
  const known = new Map<string, { readonly signature: string; readonly md5: string }>()
  return {
    lookup: (path, stats) => {
      const row = known.get(path)
      return row?.signature === fileSignature(stats) ? row.md5 : null
    },
    record: (path, stats, md5) => {
      if (!isRacy(stats)) known.set(path, { signature: fileSignature(stats), md5 })
    },
    flush: () => {},
    close: () => {},
  }
}
