import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storageErrors } from '../errors.ts'
import { directOf } from './direct.ts'
import { migrate } from './migrate.ts'
import type { Database, Tx } from './port.ts'
import { readSetting, writeSetting } from './settings.ts'

/** What every adapter of the database port must do. `open` gives an empty, migrated database. */
export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`database on ${name}`, () => {
    let database: Database
    beforeEach(async () => {
      database = await open()
    })
    afterEach(async () => {
      await database.close()
    })

    const count = async (prefix: string): Promise<number> => {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from settings where name like ${`${prefix}%`}`.execute(database.query)
      return Number(rows[0]?.n)
    }

    it('shows a change to readers after it is committed, and not before', async () => {
      await database.transaction(async (tx) => {
        await writeSetting(tx, 'a', '1')
        expect(await readSetting(tx, 'a')).toBe('1')
        expect(await readSetting(database.query, 'a')).toBeNull()
      })
      expect(await readSetting(database.query, 'a')).toBe('1')
    })

    it('keeps a text as it is or says that it cannot, and goes on', async () => {
      const text = 'a\u0000b'
      const refused = await database
        .transaction((tx) => writeSetting(tx, 'odd', text))
        .catch((error: { code?: unknown }) => error.code)
      expect([undefined, storageErrors.STORAGE_TEXT({ detail: '' }).code]).toContain(refused)
      expect(await readSetting(database.query, 'odd')).toBe(refused === undefined ? text : null)
      const asked = await readSetting(database.query, text).catch(
        (error: { code?: unknown }) => error.code ?? error,
      )
      expect(asked).toBe(refused === undefined ? null : refused)
      expect(await readSetting(database.query, 'none')).toBeNull()
    })

    it('takes back what a failed transaction did, and nothing of its neighbors', async () => {
      const work = (index: number) => async (tx: Tx) => {
        await writeSetting(tx, `n${index}`, 'x')
        if (index % 3 === 0) throw new Error(`refused ${index}`)
        return index
      }
      const results = await Promise.allSettled(
        Array.from({ length: 30 }, (_, index) => database.transaction(work(index))),
      )
      expect(results.filter((result) => result.status === 'rejected')).toHaveLength(10)
      expect(await count('n')).toBe(20)
    })

    it('lets one writer at a time read and write: no update is lost', async () => {
      await database.transaction((tx) => writeSetting(tx, 'counter', '0'))
      await Promise.all(
        Array.from({ length: 40 }, () =>
          database.transaction(async (tx) => {
            const value = Number(await readSetting(tx, 'counter'))
            await writeSetting(tx, 'counter', String(value + 1))
          }),
        ),
      )
      expect(await readSetting(database.query, 'counter')).toBe('40')
    })

    it('tells how many rows of many it added', async () => {
      const into = 'settings (name, value)'
      const insertion = { into, columns: 2, otherwise: 'on conflict do nothing' }
      const rows = Array.from({ length: 151 }, (_, index) => [`row${index}`, 'x'])
      const add = () =>
        database.transaction(async (tx) => directOf(tx).insert(insertion, [...rows, ['more', 'y']]))
      await database.transaction(async (tx) => directOf(tx).insert(insertion, rows.slice(0, 50)))
      expect(await add()).toBe(102)
      expect(await count('row')).toBe(151)
      expect(await add()).toBe(0)
    })

    it('gives numbers back as numbers', async () => {
      const big = 599_616_000_000_123
      await database.transaction((tx) =>
        sql`insert into events (seq, id, type, subject, data, at)
            values (1, 'e', 't', 's', '{}', ${big})`.execute(tx),
      )
      const { rows } = await sql<{ at: number }>`select at from events`.execute(database.query)
      expect(rows).toEqual([{ at: big }])
    })

    it('migrates once, and refuses a database that is newer than the program', async () => {
      expect(await migrate(database)).toEqual([])
      await expect(migrate(database, [])).rejects.toMatchObject({ code: 'STORAGE_NEWER' })
      expect(storageErrors.table.STORAGE_NEWER.exit).toBe(2)
    })

    it('takes back a migration that fails half way', async () => {
      const half = {
        name: '9999-half',
        up: async (db: Database['query']) => {
          await sql`create table half (id text)`.execute(db)
          throw new Error('no more')
        },
      }
      const { migrations } = await import('./migrations/index.ts')
      await expect(migrate(database, [...migrations, half])).rejects.toThrow('no more')
      await expect(sql`select * from half`.execute(database.query)).rejects.toThrow(/half/)
    })
  })
}
