import { CompiledQuery } from 'kysely'
import type { Query } from './port.ts'

export type SqlValue = string | number | null
type MaybeLater<T> = T | Promise<T>

/**
 * SQL as text, for the few calls where building a statement costs more than running it. `?` stands for a value on
 * both databases. On SQLite each text is prepared once and answers without waiting, so keep the texts few.
 */
export interface Direct {
  all<Row>(sql: string, values: readonly SqlValue[]): MaybeLater<readonly Row[]>
  /** The number of rows that changed. */
  run(sql: string, values: readonly SqlValue[]): MaybeLater<number>
  /** The number of rows that were added or changed. */
  insert(insertion: Insertion, rows: readonly (readonly SqlValue[])[]): MaybeLater<number>
}

export interface Insertion {
  /** Table and columns. */
  readonly into: string
  readonly columns: number
  /** The clause for conflicts. */
  readonly otherwise: string
}

export function insertionText({ into, columns, otherwise }: Insertion, rows: number): string {
  const one = `(${Array(columns).fill('?').join(',')})`
  return `insert into ${into} values ${Array(rows).fill(one).join(',')} ${otherwise}`
}

const directs = new WeakMap<object, Direct>()

/** An adapter that has a shorter way than Kysely's announces it here. */
export function announceDirect(query: object, direct: Direct): void {
  directs.set(query, direct)
}

export function directOf(query: Query): Direct {
  return directs.get(query) ?? throughKysely(query)
}

const MOST_VALUES = 30_000

function throughKysely(query: Query): Direct {
  const execute = async (sql: string, values: readonly SqlValue[]) =>
    query.executeQuery(CompiledQuery.raw(numbered(sql), [...values]))
  return {
    all: async <Row>(sql: string, values: readonly SqlValue[]) =>
      (await execute(sql, values)).rows as Row[],
    run: async (sql, values) => Number((await execute(sql, values)).numAffectedRows ?? 0),
    insert: async (insertion, rows) => {
      const most = Math.floor(MOST_VALUES / insertion.columns)
      let changes = 0
      for (let start = 0; start < rows.length; start += most) {
        const chunk = rows.slice(start, start + most)
        const { numAffectedRows } = await execute(
          insertionText(insertion, chunk.length),
          chunk.flat(),
        )
        changes += Number(numAffectedRows ?? 0)
      }
      return changes
    },
  }
}

function numbered(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `$${(count += 1)}`)
}

/** `?,?,?` for a list, in a few sizes only: the caller repeats its last value to fill it, see `filled`. */
export function placeholders(count: number): string {
  return Array(sizeFor(count)).fill('?').join(',')
}

/** The list, its last value repeated until it has as many as `placeholders` made. */
export function filled<T>(values: readonly T[]): readonly T[] {
  const size = sizeFor(values.length)
  const last = values.at(-1)
  return last === undefined ? [] : [...values, ...Array<T>(size - values.length).fill(last)]
}

function sizeFor(count: number): number {
  let size = 1
  while (size < count) size *= 4
  return size
}
