import type { Query, Tx } from '../../../storage/database/port.ts'
import type { KnownFile } from './schema.ts'

type WatchRow = {
  name: string
  looked_at: number | null
  fault: string | null
  fault_at: number | null
}
type FileRow = {
  watch: string
  path: string
  size: number
  modified_at: number | null
  state: string
}
type WatchTables = { datasets_watches: WatchRow; datasets_watched_files: FileRow }

/** By path; null when no look has succeeded yet. */
export async function findKnownFiles(
  query: Query,
  watch: string,
): Promise<ReadonlyMap<string, KnownFile> | null> {
  const db = query.withTables<WatchTables>()
  const row = await db
    .selectFrom('datasets_watches')
    .select('looked_at')
    .where('name', '=', watch)
    .executeTakeFirst()
  if (row?.looked_at === undefined || row.looked_at === null) return null
  const files = await db
    .selectFrom('datasets_watched_files')
    .selectAll()
    .where('watch', '=', watch)
    .execute()
  return new Map(files.map((file) => [file.path, toKnownFile(file)]))
}

function toKnownFile({ path, size, modified_at, state }: FileRow): KnownFile {
  return {
    path,
    size,
    modifiedAt: modified_at,
    state: state === 'announced' ? 'announced' : 'waiting',
  }
}

// Five values a row: far below the 32,766 that SQLite takes in one statement.
const ROWS_AT_ONCE = 1000

export async function saveKnownFiles(
  tx: Tx,
  watch: string,
  files: readonly KnownFile[],
): Promise<void> {
  const db = tx.withTables<WatchTables>()
  for (let start = 0; start < files.length; start += ROWS_AT_ONCE)
    await db
      .insertInto('datasets_watched_files')
      .values(files.slice(start, start + ROWS_AT_ONCE).map((file) => toRow(watch, file)))
      .onConflict((conflict) =>
        conflict.columns(['watch', 'path']).doUpdateSet((row) => ({
          size: row.ref('excluded.size'),
          modified_at: row.ref('excluded.modified_at'),
          state: row.ref('excluded.state'),
        })),
      )
      .execute()
}

function toRow(watch: string, { path, size, modifiedAt, state }: KnownFile): FileRow {
  return { watch, path, size, modified_at: modifiedAt, state }
}

/** A look that succeeded ends the fault before it. */
export async function saveLook(tx: Tx, name: string, at: number): Promise<void> {
  const seen = { looked_at: at, fault: null, fault_at: null }
  await tx
    .withTables<WatchTables>()
    .insertInto('datasets_watches')
    .values({ name, ...seen })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(seen))
    .execute()
}

export async function saveFault(
  tx: Tx,
  name: string,
  { fault, at }: { readonly fault: string; readonly at: number },
): Promise<void> {
  const failed = { fault, fault_at: at }
  await tx
    .withTables<WatchTables>()
    .insertInto('datasets_watches')
    .values({ name, looked_at: null, ...failed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(failed))
    .execute()
}

/** The fault of each watch whose last look failed, by its name. */
export async function listWatchFaults(query: Query): Promise<ReadonlyMap<string, string>> {
  const rows = await query
    .withTables<WatchTables>()
    .selectFrom('datasets_watches')
    .select(['name', 'fault'])
    .where('fault', 'is not', null)
    .execute()
  return new Map(rows.map(({ name, fault }) => [name, fault ?? '']))
}
