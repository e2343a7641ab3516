import { type Analytics, identifier } from '../../../storage/analytics/index.ts'
import { type ColumnSpread, type DataTable, spreadsOf } from './tables.ts'

export interface ColumnChange {
  readonly column: string
  readonly from: ColumnSpread
  readonly to: ColumnSpread
}

/** What two versions of a table differ in, beyond their hashes. */
export interface TableDiff {
  readonly rows: { readonly from: number; readonly to: number }
  /** Rows, of the columns that both have, that only one of them has; null where they share no column. */
  readonly onlyIn: { readonly from: number; readonly to: number } | null
  readonly addedColumns: readonly string[]
  readonly removedColumns: readonly string[]
  readonly types: readonly { readonly column: string; readonly from: string; readonly to: string }[]
  /** Columns whose values are spread differently. */
  readonly columns: readonly ColumnChange[]
}

/** Compares two tables by their columns, rows and the spread of each column. */
export async function compareTables(
  analytics: Analytics,
  from: DataTable,
  to: DataTable,
): Promise<TableDiff> {
  const shared = [...from.columns.keys()].filter((column) => to.columns.has(column))
  const [before, after] = [
    await spreadsOf(analytics, from, shared),
    await spreadsOf(analytics, to, shared),
  ]
  const columns = shared.flatMap((column, at): readonly ColumnChange[] => {
    const [old, now] = [before[at], after[at]]
    if (old === undefined || now === undefined || toDigits(old) === toDigits(now)) return []
    return [{ column, from: old, to: now }]
  })
  return {
    rows: { from: from.rows, to: to.rows },
    onlyIn: shared.length === 0 ? null : await differingRows(analytics, { from, to, shared }),
    addedColumns: [...to.columns.keys()].filter((column) => !from.columns.has(column)),
    removedColumns: [...from.columns.keys()].filter((column) => !to.columns.has(column)),
    types: shared.flatMap((column) => {
      const types = { from: from.columns.get(column) ?? '', to: to.columns.get(column) ?? '' }
      return types.from === types.to ? [] : [{ column, ...types }]
    }),
    columns,
  }
}

const DIGITS = 9

/** Sums over other rows round otherwise, which is no change of the values. */
function toDigits(spread: ColumnSpread): string {
  return JSON.stringify(spread, (_, value: unknown) =>
    typeof value === 'number' ? value.toPrecision(DIGITS) : value,
  )
}

// As the newer type and then as text, so that a column whose type changed can still be compared. A row that is
// there twice counts twice.
async function differingRows(
  analytics: Analytics,
  { from, to, shared }: { from: DataTable; to: DataTable; shared: readonly string[] },
): Promise<{ readonly from: number; readonly to: number }> {
  const list = shared
    .map(
      (column) =>
        `try_cast(${identifier(column)} as ${to.columns.get(column) ?? 'varchar'})::varchar`,
    )
    .join(', ')
  // Each row counts up for one table and down for the other: what is left over is only in one, and both are read once.
  // Rows are told apart by 64 bits: of ten million, two different ones are taken for one in one of 400,000 comparisons.
  const rows = ({ relation }: DataTable, side: number): string =>
    `select hash(${list}) as row, ${side} as side from ${relation}`
  const [row] = await analytics.scan(
    `select sum(greatest(n, 0)) as old, sum(greatest(-n, 0)) as new
     from (select sum(side)::bigint as n from (${rows(from, 1)} union all ${rows(to, -1)}) group by row)`,
  )
  return { from: Number(row?.['old'] ?? 0), to: Number(row?.['new'] ?? 0) }
}
