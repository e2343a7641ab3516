import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import type { Database } from './port.ts'
import { openSqlite } from './sqlite.ts'

/** A migrated database of its own, deleted when closed. SQLite unless a PostgreSQL address is given. */
export async function testDatabase(postgresUrl?: string): Promise<Database> {
  if (postgresUrl === undefined) return temporarySqlite(await migratedFile())
  const database = await ownSchema(postgresUrl)
  await migrate(database)
  return database
}

let migrated: Promise<Buffer> | undefined

// Hundreds of tests begin with an empty database: one is migrated in each process, the others are copies of its file.
function migratedFile(): Promise<Buffer> {
  migrated ??= makeMigratedFile()
  return migrated
}

async function makeMigratedFile(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-test-'))
  const file = join(folder, 'ratchet.db')
  const database = openSqlite({ file, durability: 'off' })
  await migrate(database)
  await database.close()
  const bytes = readFileSync(file)
  rmSync(folder, { recursive: true })
  return bytes
}

function temporarySqlite(bytes: Buffer): Database {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-test-'))
  writeFileSync(join(folder, 'ratchet.db'), bytes)
  const database = openSqlite({ file: join(folder, 'ratchet.db'), durability: 'off' })
  return {
    ...database,
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// One schema a test, so that tests on one server do not see each other.
async function ownSchema(url: string): Promise<Database> {
  const schema = `test_${randomBytes(6).toString('hex')}`
  const admin = await openPostgres({ url, connections: 1 })
  await sql`create schema ${sql.id(schema)}`.execute(admin.query)
  const separator = url.includes('?') ? '&' : '?'
  const options = encodeURIComponent(`-c search_path=${schema}`)
  const database = await openPostgres({ url: `${url}${separator}options=${options}` })
  return {
    ...database,
    close: async () => {
      await database.close()
      await sql`drop schema ${sql.id(schema)} cascade`.execute(admin.query)
      await admin.close()
    },
  }
}
