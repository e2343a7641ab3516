import { plural } from '../../format/numbers.ts'
import { changedPart } from '../../parts/changed-part.ts'
import type { DiffRow, NumberedLine } from './diff.ts'
import { folded } from './folds.ts'
import './diff-table.css'

interface DiffTableProps {
  readonly rows: readonly DiffRow[]
  readonly names: readonly [left: string, right: string]
  /** Stretches of the same that are shown whole. */
  readonly opened: ReadonlySet<number>
  readonly onOpen: (at: number) => void
  /** One below the other instead of side by side. */
  readonly isNarrow: boolean
}

const MOST_ROWS = 4000

/** Two texts as a table. What differs has a sign as well as a colour. */
export function DiffTable({ rows, names, opened, onOpen, isNarrow }: DiffTableProps) {
  const shown = rows.slice(0, MOST_ROWS)
  const more = rows.length - shown.length
  return (
    <div className="diff-scroll" role="region" aria-label="Difference" tabIndex={0}>
      <table className={isNarrow ? 'diff narrow' : 'diff'}>
        <caption className="visually-hidden">
          {names[0]} and {names[1]}, line by line
        </caption>
        <colgroup>
          <col className="number" />
          <col />
          {isNarrow ? null : (
            <>
              <col className="number" />
              <col />
            </>
          )}
        </colgroup>
        {isNarrow ? null : (
          <thead>
            <tr>
              <th scope="col" colSpan={2}>
                {names[0]}
              </th>
              <th scope="col" colSpan={2}>
                {names[1]}
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {folded(shown, opened).map((fold) =>
            fold.kind === 'folded' ? (
              <tr key={fold.at} className="fold">
                <td colSpan={isNarrow ? 2 : 4}>
                  <button type="button" className="bare" onClick={() => onOpen(fold.at)}>
                    ⋯ {plural(fold.rows.length, 'line')} the same
                  </button>
                </td>
              </tr>
            ) : (
              fold.rows.map((row) => (
                <Row
                  key={`${row.left?.number ?? ''} ${row.right?.number ?? ''}`}
                  row={row}
                  isNarrow={isNarrow}
                />
              ))
            ),
          )}
        </tbody>
      </table>
      {more > 0 ? <p className="muted small">{plural(more, 'more line')} are not shown.</p> : null}
    </div>
  )
}

function Row({ row, isNarrow }: { row: DiffRow; isNarrow: boolean }) {
  const { kind, left, right } = row
  if (!isNarrow)
    return (
      <tr>
        <Cells line={left} other={kind === 'changed' ? right : null} side={sideOf(kind, 'left')} />
        <Cells line={right} other={kind === 'changed' ? left : null} side={sideOf(kind, 'right')} />
      </tr>
    )
  if (kind === 'same')
    return (
      <tr>
        <Cells line={right} other={null} side="same" />
      </tr>
    )
  return (
    <>
      {left === null ? null : (
        <tr>
          <Cells line={left} other={right} side="left" />
        </tr>
      )}
      {right === null ? null : (
        <tr>
          <Cells line={right} other={left} side="right" />
        </tr>
      )}
    </>
  )
}

type Side = 'same' | 'left' | 'right'

function sideOf(kind: DiffRow['kind'], side: 'left' | 'right'): Side {
  return kind === 'same' ? 'same' : side
}

interface CellsProps {
  readonly line: NumberedLine | null
  /** The line that stands for it on the other side. */
  readonly other: NumberedLine | null
  readonly side: Side
}

const SIGNS = { same: '', left: '−', right: '+' } as const
const WORDS = { same: '', left: 'only left: ', right: 'only right: ' } as const

function Cells({ line, other, side }: CellsProps) {
  if (line === null) return <td className="none" colSpan={2} />
  return (
    <>
      <td className="number">{line.number}</td>
      <td className={side}>
        <span aria-hidden="true" className="sign">
          {SIGNS[side]}
        </span>
        <span className="visually-hidden">{WORDS[side]}</span>
        {other === null ? line.text : <Marked text={line.text} other={other.text} />}
      </td>
    </>
  )
}

function Marked({ text, other }: { text: string; other: string }) {
  const { before, own, after } = changedPart(text, other)
  return (
    <>
      {before}
      {own === '' ? null : <mark>{own}</mark>}
      {after}
    </>
  )
}
