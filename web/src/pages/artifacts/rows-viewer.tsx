import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { count } from '../../format/numbers.ts'
import { Loaded } from '../../parts/states.tsx'
import '../../parts/data-table.css'

const ROWS = 100

/** CSV, Parquet and their like as a table, a hundred rows at a time. */
export function RowsViewer({ id, path }: { id: string; path: string }) {
  const [offset, setOffset] = useState(0)
  const query = useQuery({
    ...trackingQueries.artifactTable(id, path, offset),
    placeholderData: keepPreviousData,
  })
  return (
    <Loaded query={query} what="the rows">
      {({ columns, rows, total }) => (
        <>
          <div className="rows" role="region" aria-label={`Rows of ${path}`} tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th scope="col" key={column}>
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  <tr key={offset + index}>
                    {row.map((value, at) => (
                      <td key={columns[at]} title={value ?? undefined}>
                        {value === null ? <span className="muted">–</span> : value}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p className="pager muted small">
            Rows {count(Math.min(total, offset + 1))} to {count(Math.min(total, offset + ROWS))} of{' '}
            {count(total)}
            <button
              type="button"
              className="button"
              disabled={offset === 0}
              onClick={() => setOffset(offset - ROWS)}
            >
              Before
            </button>
            <button
              type="button"
              className="button"
              disabled={offset + ROWS >= total}
              onClick={() => setOffset(offset + ROWS)}
            >
              Next
            </button>
          </p>
        </>
      )}
    </Loaded>
  )
}
