import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, type ReactNode } from 'react'
import './data-table.css'

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
})

/** A column: what is shown, and what it is sorted by. */
export interface Column<Row> {
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  readonly sortBy?: (row: Row) => string | number
  readonly align?: 'end'
}

interface DataTableProps<Row> {
  /** Of what, for those who hear the page. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly rowId: (row: Row) => string
}

/** A table of things: hairlines, sortable heads, readable at 390 px by scrolling in itself. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { rows, columns, rowId, label } = props
  const data = useMemo(() => [...rows], [rows])
  const defs = useMemo(() => definitionsOf(columns), [columns])
  const table = useTable({
    features,
    columns: defs,
    data,
    getRowId: rowId,
    enableSortingRemoval: true,
  })
  const end = new Set(columns.filter(({ align }) => align === 'end').map(({ id }) => id))
  const sorted = table.getRowModel().rows
  const place = useRef<HTMLDivElement>(null)
  const window = useWindow(sorted.length, place)
  return (
    <div
      className={window.tall ? 'card scroll tall' : 'card scroll'}
      role="region"
      aria-label={label}
      tabIndex={0}
      ref={place}
    >
      <table className="table" aria-rowcount={sorted.length + 1}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <Head
                  key={header.id}
                  end={end.has(header.column.id)}
                  sorted={header.column.getIsSorted()}
                  onSort={
                    header.column.getCanSort() ? header.column.getToggleSortingHandler() : undefined
                  }
                >
                  <table.FlexRender header={header} />
                </Head>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          <Space height={window.before} />
          {sorted.slice(window.from, window.to).map((row, index) => (
            <tr
              key={row.id}
              data-index={window.from + index}
              aria-rowindex={window.from + index + 2}
              ref={window.measure}
            >
              {row.getAllCells().map((cell) => (
                <td key={cell.id} className={end.has(cell.column.id) ? 'end' : undefined}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
          <Space height={window.after} />
        </tbody>
      </table>
    </div>
  )
}

/** Above this many rows, a table scrolls in itself, and only the rows in sight are there. */
const TALL = 100
const ROW_PX = 51

interface RowWindow {
  readonly tall: boolean
  readonly from: number
  readonly to: number
  /** Heights of the rows that are not there, in pixels. */
  readonly before: number
  readonly after: number
  readonly measure: ((row: Element | null) => void) | undefined
}

function useWindow(count: number, place: { readonly current: HTMLDivElement | null }): RowWindow {
  const tall = count > TALL
  const virtual = useVirtualizer({
    count,
    enabled: tall,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  })
  if (!tall) return { tall, from: 0, to: count, before: 0, after: 0, measure: undefined }
  const items = virtual.getVirtualItems()
  const last = items.at(-1)
  return {
    tall,
    from: items[0]?.index ?? 0,
    to: (last?.index ?? -1) + 1,
    before: items[0]?.start ?? 0,
    after: virtual.getTotalSize() - (last?.end ?? 0),
    measure: virtual.measureElement,
  }
}

function Space({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden="true">
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}

function definitionsOf<Row extends RowData>(columns: readonly Column<Row>[]) {
  const column = createColumnHelper<typeof features, Row>()
  return columns.map(({ id, header, cell, sortBy }): ColumnDef<typeof features, Row> => {
    const render = { header, cell: ({ row }: { row: { original: Row } }) => cell(row.original) }
    if (sortBy === undefined)
      return column.display({ id, ...render }) as ColumnDef<typeof features, Row>
    return column.accessor(sortBy, { id, ...render, sortFn: 'basic' }) as ColumnDef<
      typeof features,
      Row
    >
  })
}

interface HeadProps {
  readonly end: boolean
  readonly sorted: false | 'asc' | 'desc'
  readonly onSort: ((event: unknown) => void) | undefined
  readonly children: ReactNode
}

function Head({ end, sorted, onSort, children }: HeadProps) {
  const direction = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'
  const arrow = sorted === false ? '' : sorted === 'asc' ? ' ↑' : ' ↓'
  return (
    <th scope="col" className={end ? 'end' : undefined} aria-sort={onSort && direction}>
      {onSort === undefined ? (
        children
      ) : (
        <button type="button" className="sort" onClick={onSort}>
          {children}
          <span aria-hidden="true">{arrow}</span>
        </button>
      )}
    </th>
  )
}
