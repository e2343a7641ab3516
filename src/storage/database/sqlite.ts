import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storageError } from '../errors.ts'
import { createCommitGroups } from './commit-groups.ts'
import { type LogSync, openLogSync } from './log-sync.ts'
import type { Database, Query, Tx } from './port.ts'
import { matchesPrepared } from './regular-expression.ts'
import { kyselyOverSqlite } from './sqlite-driver.ts'
import { createWatcher } from './sqlite-watch.ts'

export interface SqliteOptions {
  readonly file: string
  /** `full` survives loss of power, `off` is for tests that measure something else. */
  readonly durability?: 'full' | 'off'
}

/** SQLite in WAL mode: one writer whose waiting transactions share a commit, and readers that never wait. */
export function openSqlite({ file, durability = 'full' }: SqliteOptions): Database {
  try {
    mkdirSync(dirname(file), { recursive: true })
    // SQLite itself syncs at checkpoints only: commits are synced in groups, beside the work of the next.
    const synchronous = durability === 'full' ? 'normal' : 'off'
    const [writer, reader] = [openConnection(file, synchronous), openConnection(file, synchronous)]
    return createDatabase(file, {
      writer,
      reader,
      log: durability === 'full' ? openLogSync(file) : null,
    })
  } catch (error) {
    throw storageError(error)
  }
}

function openConnection(file: string, synchronous: 'normal' | 'off'): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: 5000 })
  connection.exec(
    `pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on;
     pragma cache_size = -16000; pragma temp_store = memory; pragma wal_autocheckpoint = 4000`,
  )
  connection.function('ratchet_matches', { deterministic: true }, matchesPrepared)
  return connection
}

interface Connections {
  readonly writer: DatabaseSync
  readonly reader: DatabaseSync
  readonly log: LogSync | null
}

function createDatabase(file: string, { writer, reader, log }: Connections): Database {
  const tx = kyselyOverSqlite(writer) as unknown as Tx
  const query: Query = kyselyOverSqlite(reader)
  const watcher = createWatcher(writer)
  const groups = createCommitGroups({ writer, tx, watcher, log })
  const ending: (() => Promise<void>)[] = []
  let closed = false
  const transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (closed) throw new Error('The database is closed.')
    return groups.transaction(work)
  }
  return {
    dialect: 'sqlite',
    query,
    transaction,
    following: {
      file,
      beforeClose: (work) => void ending.push(work),
      watch: (watch) => transaction((own) => watcher.begin(own, watch)),
      foreignWrites: () => Number(writer.prepare('pragma data_version').get()?.['data_version']),
    },
    async close() {
      if (closed) return
      closed = true
      await groups.idle()
      await Promise.all(ending.map((end) => end()))
      reader.close()
      writer.close()
      log?.close()
    },
  }
}
