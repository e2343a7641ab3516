import { testDatabase } from '../src/storage/database/database.testing.ts'
import type { Database } from '../src/storage/database/port.ts'
import { postgresUrl } from './environment.ts'

export interface TestedDatabase {
  readonly name: string
  /** An empty, migrated database of its own. */
  readonly open: () => Promise<Database>
}

/** Every database that this machine can test: `describe.each(databases)('on $name', ({ open }) => ...)`. */
export const databases: readonly TestedDatabase[] = [
  { name: 'SQLite', open: () => testDatabase() },
  ...(postgresUrl === undefined
    ? []
    : [{ name: 'PostgreSQL', open: () => testDatabase(postgresUrl) }]),
]
