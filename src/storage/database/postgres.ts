import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely'
import { storageError } from '../errors.ts'
import type { Database, Tx } from './port.ts'

// Any constant will do; it only has to be the same in every Ratchet process.
const WRITER_LOCK = 7_246_824_738

export interface PostgresOptions {
  readonly url: string
  /** Connections at most; reads use all of them, writers queue for one lock. */
  readonly connections?: number
}

/**
 * PostgreSQL behind the same port. Writers queue for one advisory lock, so that `work` sees no other writer
 * between its reads and its writes, exactly as on SQLite.
 */
export async function openPostgres({ url, connections = 8 }: PostgresOptions): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types: {
      getTypeParser: (oid, format) => numberParser(oid) ?? pg.types.getTypeParser(oid, format),
    },
  })
  // An idle connection that the server closes is not a fault: the next query opens another.
  pool.on('error', () => {})
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool: inOurWords(pool) }) })
  return {
    dialect: 'postgres',
    query: db,
    async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      try {
        return await db.transaction().execute(async (tx) => {
          await sql`select pg_advisory_xact_lock(${sql.lit(WRITER_LOCK)})`.execute(tx)
          return work(tx as unknown as Tx)
        })
      } catch (error) {
        throw storageError(error)
      }
    },
    close: () => db.destroy(),
  }
}

/** Likewise for what is read outside of transactions: what the server refuses is told by our errors. */
function inOurWords(pool: PostgresPool): PostgresPool {
  return {
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect()
      return Object.create(client, {
        query: {
          value: async (text: string, values: readonly unknown[]) =>
            client.query(text, values).catch((error: unknown) => {
              throw storageError(error)
            }),
        },
        release: { value: () => client.release() },
      })
    },
  }
}

const BIGINT = 20
const NUMERIC = 1700

// Times and counts fit a double; the driver would hand them over as text.
function numberParser(oid: number): ((value: string) => number) | undefined {
  return oid === BIGINT || oid === NUMERIC ? Number : undefined
}
