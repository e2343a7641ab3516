import { DatabaseSync } from 'node:sqlite'
import { storageError } from '../errors.ts'
import type { Query } from './port.ts'
import { matchesPrepared } from './regular-expression.ts'
import { kyselyOverSqlite } from './sqlite-driver.ts'

/** Another connection to a file that this process writes, for a thread that reads beside the writer. @throws STORAGE_* */
export function openSqliteReader(file: string): Query {
  try {
    const connection = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    connection.exec('pragma cache_size = -8000; pragma temp_store = memory')
    connection.function('ratchet_matches', { deterministic: true }, matchesPrepared)
    return kyselyOverSqlite(connection)
  } catch (error) {
    throw storageError(error)
  }
}
