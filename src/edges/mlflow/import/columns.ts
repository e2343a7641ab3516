import type {
  ForeignDatabase,
  ForeignRow,
  ForeignValue,
} from '../../../storage/database/foreign.ts'

/** A select list of those columns that this version of MLflow's schema has; the others are null. */
export async function selectList(
  db: ForeignDatabase,
  table: string,
  wanted: readonly string[],
): Promise<string> {
  const columns = await db.columns(table)
  return wanted.map((name) => (columns.has(name) ? `"${name}"` : `null as "${name}"`)).join(', ')
}

/** Whole numbers that may be longer than a double holds, as text. */
export function idText(column: string): string {
  return `cast(${column} as varchar(64)) as ${column}`
}

export async function hasTable(db: ForeignDatabase, table: string): Promise<boolean> {
  return (await db.columns(table)).size > 0
}

export async function all(
  db: ForeignDatabase,
  text: string,
  values: readonly string[] = [],
): Promise<readonly ForeignRow[]> {
  const rows: ForeignRow[] = []
  for await (const row of db.rows(text, values)) rows.push(row)
  return rows
}

export function text(value: ForeignValue | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

export function textOrNull(value: ForeignValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** PostgreSQL's driver hands 64 bits over as text. */
export function number(value: ForeignValue | undefined, otherwise = 0): number {
  const parsed = value === null || value === undefined ? Number.NaN : Number(value)
  return Number.isFinite(parsed) ? parsed : otherwise
}

export function numberOrNull(value: ForeignValue | undefined): number | null {
  return value === null || value === undefined ? null : number(value)
}

/** Zero or one in SQLite, a boolean in PostgreSQL. */
export function isTrue(value: ForeignValue | undefined): boolean {
  return value === true || value === 1
}

/** Workspaces (MLflow 3.10) may use a name twice; here names are one space. */
export function inWorkspace(row: ForeignRow, separator: string): string {
  const workspace = text(row.workspace)
  const name = text(row.name)
  return workspace === '' || workspace === 'default' ? name : `${workspace}${separator}${name}`
}

export function toKeyValue(row: ForeignRow): { readonly key: string; readonly value: string } {
  return { key: text(row.key), value: text(row.value) }
}
