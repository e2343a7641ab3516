import {
  type Analytics,
  identifier,
  literal,
  openTextTable,
} from '../../../storage/analytics/index.ts'
import type { FoundContent } from './find-content.ts'

/** A content as a table: a relation of DuckDB, its columns with their types, its rows. */
export interface DataTable {
  /** What stands behind `from` in a query. */
  readonly relation: string
  readonly columns: ReadonlyMap<string, string>
  readonly rows: number
}

const READERS: Readonly<Record<string, (files: string) => string>> = {
  parquet: (files) => `read_parquet(${files}, union_by_name = true)`,
  csv: (files) => `read_csv(${files}, union_by_name = true)`,
  tsv: (files) => `read_csv(${files}, union_by_name = true)`,
}

/**
 * Reads CSV and Parquet, one file or a folder of them; null for everything else, such as pictures.
 * @throws TABLE_UNREADABLE naming file and line of what is broken, where the reader knows them; else what DuckDB says
 */
export async function readTable(
  analytics: Analytics,
  { files }: Pick<FoundContent, 'files'>,
): Promise<DataTable | null> {
  const format = (name: string): string => /\.(\w+)(?:\.gz)?$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const [first] = files
  const reader = first === undefined ? undefined : READERS[format(first.name)]
  if (first === undefined || reader === undefined) return null
  const alike = files.filter(({ name }) => format(name) === format(first.name))
  const relation = reader(`[${alike.map(({ path }) => literal(path)).join(', ')}]`)
  try {
    const described = await analytics.scan(`describe select * from ${relation}`)
    const [count] = await analytics.scan(`select count(*) as rows from ${relation}`)
    const columns = described.map(
      (row) => [String(row.column_name), String(row.column_type)] as const,
    )
    return { relation, columns: new Map(columns), rows: Number(count?.rows ?? 0) }
  } catch (error) {
    if (/\.[ct]sv$/i.test(first.name)) await refuseBroken(analytics, alike)
    throw error
  }
}

// Where DuckDB guesses how a file is written, one bad line makes it give up without naming the line. Read as text by its
// header, it says where.
async function refuseBroken(analytics: Analytics, files: FoundContent['files']): Promise<void> {
  for (const { name, path } of files) {
    const { from, scan } = await openTextTable(analytics, path, name)
    await scan(`select count(columns(*)) from ${from}`)
  }
}

/** How the values of one column are spread. */
export interface ColumnSpread {
  readonly nulls: number
  readonly distinct: number
  /** Of numbers; null for others. */
  readonly mean: number | null
  /** Of all the rows there are, not of a sample. */
  readonly std: number | null
  readonly min: string | null
  readonly max: string | null
}

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*|INTEGER)$/

export function isNumberType(type: string): boolean {
  return NUMBERS.test(type)
}

/** Columns looked at in one reading of the files; each holds its distinct values in memory meanwhile. */
const COLUMNS_A_SCAN = 16

/** How the values of each column named are spread, in their order. */
export async function spreadsOf(
  analytics: Analytics,
  table: DataTable,
  columns: readonly string[],
): Promise<readonly ColumnSpread[]> {
  const spreads: ColumnSpread[] = []
  for (let at = 0; at < columns.length; at += COLUMNS_A_SCAN)
    spreads.push(...(await scanSpreads(analytics, table, columns.slice(at, at + COLUMNS_A_SCAN))))
  return spreads
}

async function scanSpreads(
  analytics: Analytics,
  { relation, columns: types }: DataTable,
  columns: readonly string[],
): Promise<readonly ColumnSpread[]> {
  const values = columns.map((column, at) => spreadSql(column, types.get(column) ?? '', at))
  const [row = {}] = await analytics.scan(`select ${values.join(', ')} from ${relation}`)
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return columns.map((_, at) => ({
    nulls: Number(row[`nulls${at}`] ?? 0),
    distinct: Number(row[`distinct${at}`] ?? 0),
    mean: number(row[`mean${at}`]),
    std: number(row[`std${at}`]),
    min: text(row[`low${at}`]),
    max: text(row[`high${at}`]),
  }))
}

function spreadSql(column: string, type: string, at: number): string {
  const name = identifier(column)
  const isNumber = isNumberType(type)
  const moments = isNumber
    ? `avg(${name}::double) as mean${at}, stddev_pop(${name}::double) as std${at}`
    : `null as mean${at}, null as std${at}`
  // So that 10 and 10.0 are one value when a column of whole numbers becomes one of fractions.
  const asNumber = isNumber ? '::double' : ''
  return `count(*) - count(${name}) as nulls${at}, count(distinct ${name}) as distinct${at}, ${moments},
    min(${name})${asNumber}::varchar as low${at}, max(${name})${asNumber}::varchar as high${at}`
}
