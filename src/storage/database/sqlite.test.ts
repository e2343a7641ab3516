import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { databaseContract } from './database.contract.ts'
import { testDatabase } from './database.testing.ts'
import { migrate } from './migrate.ts'
import { readSetting, writeSetting } from './settings.ts'
import { openSqlite } from './sqlite.ts'

databaseContract('SQLite', () => testDatabase())

it('finds everything committed after it is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-sqlite-'))
  const file = join(folder, 'ratchet.db')
  const first = openSqlite({ file })
  await migrate(first)
  await first.transaction((tx) => writeSetting(tx, 'kept', 'yes'))
  await first.close()
  const second = openSqlite({ file })
  expect(await readSetting(second.query, 'kept')).toBe('yes')
  await second.close()
  rmSync(folder, { recursive: true })
})

it('says that the place for the state is not a folder', () => {
  expect(() => openSqlite({ file: join(import.meta.filename, 'ratchet.db') })).toThrow(
    /STORAGE_READ_ONLY/,
  )
})
