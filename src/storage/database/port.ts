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
  /** Only where this process is the one that writes, so that what is kept in memory can follow: SQLite. */
  readonly following?: Following
  close(): Promise<void>
}

export interface Following {
  /** Where another connection of this process may read the same. */
  readonly file: string
  /** From here on, `changed` is told of each row that was committed, before the transaction's promise resolves. */
  watch(watch: Watch): Promise<void>
  /** Changes when another process wrote after all. */
  foreignWrites(): number
  /** Done before the database closes. */
  beforeClose(work: () => Promise<void>): void
}

export interface Watch {
  readonly table: string
  readonly columns: readonly string[]
  /** The values of the columns, after the change or before the deletion. */
  readonly changed: (values: readonly unknown[]) => void
}

export interface Migration {
  readonly name: string
  readonly up: (db: Query) => Promise<void>
}
