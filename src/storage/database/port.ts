import type { Kysely } from 'kysely'

/** Kysely without tables: a store adds its own with `withTables`, so that it cannot name another's. */
// oxlint-disable-next-line typescript/no-empty-object-type -- the absence of tables is the point
export type Query = Kysely<{}>
export type Tx = Query & { readonly __transaction: true }

/** One asynchronous port over SQLite and PostgreSQL. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  /** Reads committed data. Never write through it. */
  readonly query: Query
  /**
   * Runs `work` alone against other writers and commits it durably before the promise resolves.
   * On SQLite, transactions that wait at the same time share one commit, so `work` awaits database calls only.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface Migration {
  readonly name: string
  readonly up: (db: Query) => Promise<void>
}
