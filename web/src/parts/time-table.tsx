import type { ReactNode } from 'react'
import './data-table.css'
import './time-table.css'

export interface TimedRow {
  readonly id: string
  readonly name: ReactNode
  /** How far it stands to the right, where rows are within others. */
  readonly depth?: number
  readonly cells: readonly ReactNode[]
  /** How long, in words. */
  readonly took: string
  /** Of the bar: what became of it, and where it stands, as shares of the whole length. */
  readonly state: string
  readonly from: number
  readonly width: number
  readonly isChosen: boolean
}

interface TimeTableProps {
  readonly label: string
  /** Heads of the name and the cells. */
  readonly columns: readonly string[]
  /** Along the axis of the bars, from its beginning to its end. */
  readonly axis: readonly string[]
  readonly rows: readonly TimedRow[]
}

const DEEPEST = 12
const STEP_PX = 18

/** When each part of something worked and for how long: a table whose last column is the chart. */
export function TimeTable({ label, columns, axis, rows }: TimeTableProps) {
  return (
    <div className="card scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="table time-table">
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
            <th scope="col" className="end">
              Took
            </th>
            <th scope="col" className="time">
              <span className="axis">
                {axis.map((mark, index) => (
                  // oxlint-disable-next-line react/no-array-index-key -- marks stand where they stand
                  <span key={index}>{mark}</span>
                ))}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row, columns }: { row: TimedRow; columns: readonly string[] }) {
  const { name, depth = 0, cells, took, state, from, width, isChosen } = row
  return (
    <tr className={isChosen ? 'chosen' : undefined}>
      <th scope="row" style={{ paddingLeft: STEP_PX * (1 + Math.min(depth, DEEPEST)) }}>
        {name}
      </th>
      {cells.map((cell, index) => (
        <td key={columns[index + 1]}>{cell}</td>
      ))}
      <td className="end nowrap">{took}</td>
      <td className="time">
        <span
          className={`bar ${state}`}
          style={{ left: `${from * 100}%`, width: `max(3px, ${width * 100}%)` }}
        />
      </td>
    </tr>
  )
}
