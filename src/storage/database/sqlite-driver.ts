import type { DatabaseSync, StatementSync, SQLInputValue } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { announceDirect, type Direct, type Insertion, insertionText } from './direct.ts'

const CACHED_STATEMENTS = 500

/** Kysely over one `node:sqlite` connection. Transactions are not its business: see sqlite.ts. */
export function kyselyOverSqlite(connection: DatabaseSync): Kysely<object> {
  const prepare = statementCache(connection)
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => singleConnectionDriver(connection, prepare),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
  const db = new Kysely<object>({ dialect })
  announceDirect(db, directStatements(prepare))
  return db
}

function directStatements(prepare: Prepare): Direct {
  const textOf = insertionTexts()
  return {
    all: <Row>(sql: string, values: readonly SQLInputValue[]) =>
      prepare(sql).all(...values) as Row[],
    run: (sql, values) => Number(prepare(sql).run(...values).changes),
    insert: (insertion, rows) => {
      let [start, changes] = [0, 0]
      for (const size of ROWS_A_STATEMENT)
        for (; rows.length - start >= size; start += size) {
          const values = size === 1 ? (rows[start] ?? []) : rows.slice(start, start + size).flat()
          changes += Number(prepare(textOf(insertion, size)).run(...values).changes)
        }
      return changes
    },
  }
}

/** Few sizes, so that few statements are prepared: crossing into SQLite costs as much as a row. */
const ROWS_A_STATEMENT = [64, 16, 4, 1] as const

function insertionTexts(): (insertion: Insertion, rows: number) => string {
  const known = new Map<Insertion, Map<number, string>>()
  return (insertion, rows) => {
    const texts = known.get(insertion) ?? new Map<number, string>()
    known.set(insertion, texts)
    const text = texts.get(rows) ?? insertionText(insertion, rows)
    texts.set(rows, text)
    return text
  }
}

type Prepare = (sql: string) => StatementSync

function statementCache(connection: DatabaseSync): Prepare {
  const statements = new Map<string, StatementSync>()
  return (sql) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    if (statements.size >= CACHED_STATEMENTS) statements.clear()
    const statement = connection.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}

function singleConnectionDriver(connection: DatabaseSync, prepare: Prepare): Driver {
  const only = sqliteConnection(connection, prepare)
  const refuse = async (): Promise<void> => {
    throw new Error('Use Database.transaction, which groups commits.')
  }
  return {
    init: async () => {},
    acquireConnection: async () => only,
    releaseConnection: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  }
}

function sqliteConnection(connection: DatabaseSync, prepare: Prepare): DatabaseConnection {
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const statement = prepare(sql)
      const values = parameters.map(toSqlite)
      if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] }
      const { changes } = statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes) }
    },
    streamQuery: async function* <R>({ sql, parameters }: CompiledQuery) {
      // A statement of its own: a cached one may run again while this one is still open.
      const statement = connection.prepare(sql)
      for (const row of statement.iterate(...parameters.map(toSqlite))) yield { rows: [row as R] }
    },
  }
}

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  return value as SQLInputValue
}
