import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Json } from '../../base/json.ts'

export type ScanRow = Readonly<Record<string, Json>>

/** One way in for scans over CSV, Parquet and JSON files. */
export interface Analytics {
  /** Rows as JSON: 64-bit integers, dates and times come as text. @throws what DuckDB says, as it says it. */
  readonly scan: (sql: string) => Promise<readonly ScanRow[]>
  readonly close: () => Promise<void>
}

// Nothing is fetched from a network because a query names a function that is not built in.
const OPTIONS = {
  threads: '2',
  memory_limit: '1GB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // What does not fit goes there, and not into a folder of the project.
  temp_directory: join(tmpdir(), `ratchet-duckdb-${process.pid}`),
}

/**
 * Loaded at the first scan: most processes never need its 40 MB. One instance is kept afterwards, because opening costs
 * 17 ms and a small scan then 1 ms, a whole check of ten rules 5 ms (measured: so small files need no reader of their own).
 */
export function openAnalytics(): Analytics {
  let opening: Promise<DuckDBInstance> | undefined
  return {
    scan: async (sql) => {
      opening ??= open()
      const connection = await (await opening).connect()
      try {
        return await rowsOf(connection, sql)
      } finally {
        connection.closeSync()
      }
    },
    close: async () => {
      const instance = await opening
      opening = undefined
      instance?.closeSync()
    },
  }
}

async function open(): Promise<DuckDBInstance> {
  const duckdb = await import('@duckdb/node-api')
  return duckdb.DuckDBInstance.create(':memory:', OPTIONS)
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly ScanRow[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjectsJson() as readonly ScanRow[]
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
