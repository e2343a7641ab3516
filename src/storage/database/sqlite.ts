import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storageError } from '../errors.ts'
import type { Database, Query, Tx } from './port.ts'
import { matchesPrepared } from './regular-expression.ts'
import { kyselyOverSqlite } from './sqlite-driver.ts'
import { createWatcher, type Watcher } from './sqlite-watch.ts'

export interface SqliteOptions {
  readonly file: string
  /** `full` survives loss of power, `off` is for tests that measure something else. */
  readonly durability?: 'full' | 'off'
}

interface Waiting {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const MOST_IN_ONE_COMMIT = 512
const LONGEST_GROUP_MS = 10

/** SQLite in WAL mode: one writer whose waiting transactions share a commit, and readers that never wait. */
export function openSqlite({ file, durability = 'full' }: SqliteOptions): Database {
  try {
    mkdirSync(dirname(file), { recursive: true })
    return createDatabase(file, openConnection(file, durability), openConnection(file, durability))
  } catch (error) {
    throw storageError(error)
  }
}

function openConnection(file: string, durability: 'full' | 'off'): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: 5000 })
  connection.exec(
    `pragma journal_mode = wal; pragma synchronous = ${durability}; pragma foreign_keys = on;
     pragma cache_size = -16000; pragma temp_store = memory; pragma wal_autocheckpoint = 4000`,
  )
  connection.function('ratchet_matches', { deterministic: true }, matchesPrepared)
  return connection
}

function createDatabase(file: string, writer: DatabaseSync, reader: DatabaseSync): Database {
  const tx = kyselyOverSqlite(writer) as unknown as Tx
  const query: Query = kyselyOverSqlite(reader)
  const watcher = createWatcher(writer)
  const line: Line = { writer, tx, watcher, waiting: [] }
  const { waiting } = line
  let draining: Promise<void> | undefined
  const ending: (() => Promise<void>)[] = []
  let closed = false

  const drain = async (): Promise<void> => {
    // One turn of the event loop lets requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await commitGroup(line)
    draining = undefined
  }

  const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new Error('The database is closed.'))
    return new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      draining ??= drain()
    })
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
      await draining
      await Promise.all(ending.map((end) => end()))
      reader.close()
      writer.close()
    },
  }
}

/** Whoever waits to write, and what they write through. */
interface Line {
  readonly writer: DatabaseSync
  readonly tx: Tx
  readonly watcher: Watcher
  readonly waiting: Waiting[]
}

async function commitGroup({ writer, tx, watcher, waiting }: Line): Promise<void> {
  const group: { readonly settle: () => void; readonly reject: (error: unknown) => void }[] = []
  const fail = (error: unknown): void => {
    if (writer.isTransaction) writer.exec('rollback')
    watcher.rolledBack()
    for (const { reject } of group) reject(storageError(error))
  }
  try {
    writer.exec('begin immediate')
  } catch (error) {
    const first = waiting.shift()
    if (first !== undefined) group.push({ settle: () => {}, reject: first.reject })
    return fail(error)
  }
  const startedAt = performance.now()
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    group.push(await runInSavepoint(writer, tx, next))
    const full = group.length >= MOST_IN_ONE_COMMIT
    if (full || performance.now() - startedAt > LONGEST_GROUP_MS || !writer.isTransaction) break
  }
  try {
    writer.exec('commit')
  } catch (error) {
    return fail(error)
  }
  watcher.committed()
  for (const { settle } of group) settle()
}

// A transaction that fails takes back its own work only; its neighbors in the group still commit.
async function runInSavepoint(writer: DatabaseSync, tx: Tx, { work, resolve, reject }: Waiting) {
  try {
    writer.exec('savepoint one')
    const value = await work(tx)
    writer.exec('release one')
    return { settle: () => resolve(value), reject }
  } catch (error) {
    if (writer.isTransaction) writer.exec('rollback to one; release one')
    return { settle: () => reject(storageError(error)), reject }
  }
}
