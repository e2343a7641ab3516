import { useState } from 'react'

interface FoldedTableProps {
  readonly label: string
  readonly heads: readonly string[]
  /** Its rows, made when it is opened; the last column is a number. */
  readonly children: () => readonly (readonly string[])[]
}

/** The figures behind a chart, for those who read them rather than see them. */
export function FoldedTable({ label, heads, children }: FoldedTableProps) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open ? (
        <div className="points" role="region" aria-label={label} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                {heads.map((head, index) => (
                  <th scope="col" key={head} className={index === 0 ? undefined : 'end'}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {children().map((cells, row) => (
                // oxlint-disable-next-line react/no-array-index-key -- the rows of a picture have no other name
                <tr key={row}>
                  {cells.map((cell, index) => (
                    <td key={heads[index]} className={index === 0 ? undefined : 'end'}>
                      {cell}
                    </td>
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
