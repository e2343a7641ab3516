import { sql } from 'kysely'
import { storageErrors } from '../errors.ts'
import { migrations as all } from './migrations/index.ts'
import type { Database, Migration } from './port.ts'

type MigrationTables = {
  ratchet_migrations: { name: string }
}

/**
 * Brings the schema up to date, in one transaction: all of it or nothing.
 * @throws STORAGE_NEWER when the database knows a migration that this program does not.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = all,
): Promise<readonly string[]> {
  return database.transaction(async (tx) => {
    await sql`create table if not exists ratchet_migrations (name text primary key)`.execute(tx)
    const db = tx.withTables<MigrationTables>()
    const rows = await db.selectFrom('ratchet_migrations').select('name').execute()
    const applied = new Set(rows.map((row) => row.name))
    const known = new Set(migrations.map((migration) => migration.name))
    const foreign = [...applied].filter((name) => !known.has(name))
    if (foreign.length > 0)
      throw storageErrors.STORAGE_NEWER({ detail: `it has ${foreign.join(', ')}` })
    const missing = migrations.filter((migration) => !applied.has(migration.name))
    for (const { name, up } of missing) {
      await up(tx)
      await db.insertInto('ratchet_migrations').values({ name }).execute()
    }
    return missing.map((migration) => migration.name)
  })
}
