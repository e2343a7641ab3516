import { useState } from 'react'
import type { RunRow } from '../../../../../src/edges/http/contract.ts'
import { cellText } from '../columns.ts'

const MOST_ROWS = 500

/** The figures behind a chart of runs. */
export function ValuesTable({
  rows,
  columns,
}: {
  rows: readonly RunRow[]
  columns: readonly string[]
}) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open ? (
        <div className="points" role="region" aria-label="Values of the runs" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Run</th>
                {columns.map((id) => (
                  <th scope="col" key={id}>
                    {id}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST_ROWS).map(({ id, name, values }) => (
                <tr key={id}>
                  <td>{name}</td>
                  {columns.map((column, index) => (
                    <td key={column}>{cellText(values[index])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}
