import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { storageError } from '../errors.ts'

export type ForeignValue = string | number | boolean | null
export type ForeignRow = Readonly<Record<string, ForeignValue>>

/** A database of another program, to read from. Its tables are nobody's here, so it speaks SQL. */
export interface ForeignDatabase {
  /** `?` stands for a value. Rows come as they are asked for: memory does not grow with their number. */
  readonly rows: (text: string, values?: readonly string[]) => AsyncIterable<ForeignRow>
  /** The columns of a table; none when there is no such table. */
  readonly columns: (table: string) => Promise<ReadonlySet<string>>
  readonly close: () => Promise<void>
}

export function isSqliteFile(file: string): boolean {
  const head = Buffer.alloc(16)
  const handle = openSync(file, 'r')
  try {
    return readSync(handle, head) === 16 && head.toString('latin1') === 'SQLite format 3\0'
  } finally {
    closeSync(handle)
  }
}

/** @throws STORAGE_UNAVAILABLE, STORAGE_CORRUPT */
export function openForeignSqlite(file: string): ForeignDatabase {
  const db = connect(file)
  return {
    rows: async function* (text, values = []) {
      const statement = db.prepare(text)
      // Whole numbers beyond a double's are an error to node:sqlite; as BigInt they can be rounded.
      statement.setReadBigInts(true)
      for (const row of statement.iterate(...values)) yield toRow(row)
    },
    columns: remembered(async (table) => {
      const rows = db.prepare('select name from pragma_table_info(?)').all(table)
      return new Set(rows.map((row) => String(row.name)))
    }),
    close: async () => db.close(),
  }
}

function connect(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  } catch (error) {
    throw storageError(error)
  }
}

function toRow(row: Record<string, unknown>): ForeignRow {
  const entries = Object.entries(row).map(([key, value]) => [
    key,
    typeof value === 'bigint' ? Number(value) : (value as ForeignValue),
  ])
  return Object.fromEntries(entries) as ForeignRow
}

// A schema does not change while it is read.
function remembered(read: ForeignDatabase['columns']): ForeignDatabase['columns'] {
  const known = new Map<string, ReadonlySet<string>>()
  return async (table) => {
    const columns = known.get(table) ?? (await read(table))
    known.set(table, columns)
    return columns
  }
}

const ROWS_AT_ONCE = 2000

/** One connection that sees one moment, read through cursors. @throws STORAGE_UNAVAILABLE */
export async function openForeignPostgres(url: string): Promise<ForeignDatabase> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query('begin isolation level repeatable read read only')
  } catch (error) {
    throw storageError(error)
  }
  let cursors = 0
  return {
    rows: async function* (text, values = []) {
      const name = `ratchet_${(cursors += 1)}`
      let place = 0
      const query = text.replaceAll('?', () => `$${(place += 1)}`)
      await client.query(`declare ${name} no scroll cursor for ${query}`, [...values])
      try {
        for (;;) {
          const { rows } = await client.query<ForeignRow>(`fetch ${ROWS_AT_ONCE} from ${name}`)
          yield* rows
          if (rows.length < ROWS_AT_ONCE) return
        }
      } finally {
        await client.query(`close ${name}`)
      }
    },
    columns: remembered(async (table) => {
      const { rows } = await client.query<{ column_name: string }>(
        'select column_name from information_schema.columns where table_name = $1 and table_schema = any(current_schemas(false))',
        [table],
      )
      return new Set(rows.map((row) => row.column_name))
    }),
    close: () => client.end(),
  }
}
