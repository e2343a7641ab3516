import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DataDiff, DataSpread } from '../../../../src/edges/http/contract.ts'
import { type Compared, dataQueries } from '../../api/data-queries.ts'
import { count, number, plural, signed } from '../../format/numbers.ts'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Section } from '../../parts/heading.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Overlay } from './overlay.tsx'

type Table = NonNullable<DataDiff['table']>
type Change = Table['columns'][number]

/** How two versions differ: rows, columns, types, and each column's values laid over each other. */
export function Difference({ compared }: { compared: Compared }) {
  const query = useQuery({ ...dataQueries.diff(compared), retry: false })
  return (
    <Section title={`What changed from ${short(compared.from)} to ${short(compared.to)}`}>
      <Loaded query={query} what="the difference">
        {(diff) => <Told diff={diff} compared={compared} />}
      </Loaded>
    </Section>
  )
}

function short(md5: string | undefined): string {
  return md5 === undefined ? 'the workspace' : md5.slice(0, 8)
}

function Told({ diff: { same, table, fault }, compared }: { diff: DataDiff; compared: Compared }) {
  if (same) return <p className="muted">Nothing: it is the same content.</p>
  if (table === null)
    return (
      <p className="muted">
        The content differs.{' '}
        {fault === null
          ? 'Only of CSV and Parquet can rows and columns be compared.'
          : `Rows and columns cannot be compared: ${fault}`}
      </p>
    )
  return (
    <>
      <ul className="card said">
        {sentences(table).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {table.columns.length === 0 ? null : <Columns columns={table.columns} compared={compared} />}
    </>
  )
}

function sentences({ rows, only_in, added_columns, removed_columns, types, columns }: Table) {
  const list = (names: readonly string[]): string => names.join(', ')
  const by = rows.to - rows.from
  return [
    by === 0
      ? `${plural(rows.to, 'row')}, as before.`
      : `${count(rows.to)} rows, ${signed(by, 0)} from ${count(rows.from)}.`,
    ...(only_in === null
      ? []
      : [
          `${plural(only_in.to, 'row is', 'rows are')} new or changed, ${count(only_in.from)} no longer there.`,
        ]),
    ...(added_columns.length === 0 ? [] : [`Columns added: ${list(added_columns)}.`]),
    ...(removed_columns.length === 0 ? [] : [`Columns removed: ${list(removed_columns)}.`]),
    ...types.map(
      ({ column, from, to }) => `${column} was ${from.toLowerCase()} and is ${to.toLowerCase()}.`,
    ),
    columns.length === 0
      ? 'The values of every column are spread as before.'
      : `${plural(columns.length, 'column is', 'columns are')} spread differently.`,
  ]
}

/** By how many standard deviations the mean moved: what moved most stands first. */
function moved({ from, to }: Change): number {
  if (from.mean === null || to.mean === null || from.std === null || from.std === 0) return 0
  return Math.abs(to.mean - from.mean) / from.std
}

const AT_ONCE = 6

function Columns({ columns, compared }: { columns: readonly Change[]; compared: Compared }) {
  const [most, setMost] = useState(AT_ONCE)
  const sorted = columns.toSorted((a, b) => moved(b) - moved(a))
  return (
    <>
      <div className="overlays">
        {sorted.slice(0, most).map(({ column }) => (
          <Overlay key={column} compared={compared} column={column} />
        ))}
      </div>
      {sorted.length > most ? (
        <button type="button" className="button" onClick={() => setMost(most + 2 * AT_ONCE)}>
          Show more of {sorted.length} columns
        </button>
      ) : null}
      <details className="section">
        <summary>The same as a table</summary>
        <DataTable
          label="Columns compared"
          rows={sorted}
          columns={SPREADS}
          rowId={({ column }) => column}
        />
      </details>
    </>
  )
}

function change(
  id: string,
  header: string,
  of: (spread: DataSpread) => number | string | null,
): Column<Change> {
  const text = (value: number | string | null): string =>
    typeof value === 'number' ? number(value) : (value ?? '–')
  return {
    id,
    header,
    align: 'end',
    cell: ({ from, to }) => {
      const [was, is] = [of(from), of(to)]
      if (was === is) return <span className="muted">{text(is)}</span>
      return (
        <span className="nowrap">
          <span className="muted">{text(was)} → </span>
          {text(is)}
        </span>
      )
    },
  }
}

const SPREADS: readonly Column<Change>[] = [
  { id: 'column', header: 'Column', sortBy: ({ column }) => column, cell: ({ column }) => column },
  change('mean', 'Mean', ({ mean }) => mean),
  change('std', 'Deviation', ({ std }) => std),
  change('min', 'Least', ({ min }) => min),
  change('max', 'Most', ({ max }) => max),
  change('distinct', 'Different', ({ distinct }) => distinct),
  change('nulls', 'Empty', ({ nulls }) => nulls),
]
