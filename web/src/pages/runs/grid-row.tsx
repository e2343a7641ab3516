import { memo, type MouseEvent } from 'react'
import type { RunRow } from '../../../../src/edges/http/contract.ts'
import { count } from '../../format/numbers.ts'
import { duration, exact, relative } from '../../format/times.ts'
import { cellText, metricText } from './columns.ts'
import type { PlacedColumn } from './run-grid.tsx'
import { StatusMark } from './run-status.tsx'
import type { Group } from './line-pages.ts'
import type { Line } from './use-lines.ts'

interface GridRowProps {
  readonly index: number
  readonly top: number
  readonly line: Line
  readonly columns: readonly PlacedColumn[]
  /** Changes when the columns do. */
  readonly layout: string
  /** Columns in the order of the values. */
  readonly metrics: readonly string[]
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isOpen: boolean
  readonly colour: string | undefined
  /** Project time. A line that is drawn keeps the one it was drawn at until the minute is over. */
  readonly now: number
  readonly onSelect: (line: number, far: boolean) => void
  readonly onToggle: (line: number) => void
}

/** One line; drawn again only when something on it changed, so that scrolling costs the new ones alone. */
export const GridRow = memo(
  DrawnRow,
  (before, after) =>
    (
      ['index', 'top', 'layout', 'isActive', 'isSelected', 'isOpen', 'colour', 'now'] as const
    ).every((key) => before[key] === after[key]) && sameLine(before.line, after.line),
)

function sameLine(one: Line, other: Line): boolean {
  if (one.kind === 'run' && other.kind === 'run')
    return one.run === other.run && one.depth === other.depth
  if (one.kind === 'group' && other.kind === 'group')
    return one.group === other.group && one.isOpen === other.isOpen
  return one.kind === other.kind
}

function DrawnRow(props: GridRowProps) {
  const { index, top, line, isActive, isSelected, isOpen } = props
  const opens = line.kind === 'group' || (line.kind === 'run' && line.run.children > 0)
  return (
    <div
      role="row"
      id={`line-${index}`}
      aria-rowindex={index + 2}
      aria-selected={line.kind === 'run' ? isSelected : undefined}
      aria-expanded={opens ? isOpen : undefined}
      className={`grid-line row ${isActive ? 'active' : ''} ${isSelected ? 'chosen' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {line.kind === 'wait' ? <Waiting /> : null}
      {line.kind === 'group' ? <GroupCells {...props} group={line.group} /> : null}
      {line.kind === 'run' ? <RunCells {...props} run={line.run} depth={line.depth} /> : null}
    </div>
  )
}

function Waiting() {
  return (
    <span role="gridcell" className="grid-cell name pinned wait">
      <i className="grid-wait" />
    </span>
  )
}

function RunCells({ run, depth, ...props }: GridRowProps & { run: RunRow; depth: number }) {
  const { index, columns, metrics, isSelected, isOpen, colour, onSelect, onToggle } = props
  const check = (event: MouseEvent) => onSelect(index, event.shiftKey)
  return (
    <>
      <span role="gridcell" className="grid-cell check pinned">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Choose ${run.name}`}
          checked={isSelected}
          onClick={check}
          onChange={() => {}}
        />
      </span>
      <span
        role="gridcell"
        className="grid-cell name pinned"
        style={{ paddingLeft: 6 + depth * 22 }}
      >
        {run.children > 0 ? (
          <button
            type="button"
            tabIndex={-1}
            className="opener"
            aria-label={`${isOpen ? 'Hide' : 'Show'} the ${run.children} children of ${run.name}`}
            onClick={() => onToggle(index)}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : null}
        <StatusMark status={run.status} />
        {colour === undefined ? null : <i className="run-colour" style={{ background: colour }} />}
        <a href={`/runs/${run.id}`} tabIndex={-1} className="clip" title={run.name}>
          {run.name}
        </a>
        {run.children > 0 ? <span className="muted small"> {count(run.children)}</span> : null}
        {run.lifecycle === 'deleted' ? <span className="chip">deleted</span> : null}
      </span>
      {columns.map((column) => (
        <span
          role="gridcell"
          key={column.id}
          className={`grid-cell ${column.align} ${column.left === null ? '' : 'pinned'}`}
          style={{ width: column.width, left: column.left ?? undefined }}
        >
          <Cell run={run} column={column} metrics={metrics} now={props.now} />
        </span>
      ))}
    </>
  )
}

interface CellProps {
  readonly now: number
  readonly run: RunRow
  readonly column: PlacedColumn
  readonly metrics: readonly string[]
}

function Cell({ run, column, metrics, now }: CellProps) {
  switch (column.id) {
    case 'attr.started':
      return (
        <time dateTime={run.started_at} title={exact(run.started_at)} className="nowrap">
          {relative(run.started_at, now)}
        </time>
      )
    case 'attr.duration':
      return <Took run={run} />
    case 'attr.user':
      return <span className="clip">{run.user}</span>
    case 'attr.id':
      return <code className="clip">{run.id}</code>
    default: {
      const text = cellText(run.values[valueIndex(metrics, column.id)])
      return (
        <span className="clip" title={text}>
          {text}
        </span>
      )
    }
  }
}

/** The server has values for the columns that are no attributes. */
function valueIndex(columns: readonly string[], id: string): number {
  return columns.filter((column) => !column.startsWith('attr.')).indexOf(id)
}

function Took({ run }: { run: RunRow }) {
  if (run.ended_at === null)
    return <span className="muted">{run.status === 'RUNNING' ? 'at work' : ''}</span>
  const ms = Date.parse(run.ended_at) - Date.parse(run.started_at)
  return (
    <span title={`${count(ms)} ms`}>
      {ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms)}
    </span>
  )
}

function GroupCells({ group, ...props }: GridRowProps & { group: Group }) {
  const { index, columns, metrics, isOpen, onToggle } = props
  const asked = metrics.filter((id) => id.startsWith('metrics.'))
  return (
    <>
      <span role="gridcell" className="grid-cell check pinned" />
      <span role="gridcell" className="grid-cell name pinned">
        <button
          type="button"
          tabIndex={-1}
          className="opener"
          aria-label={`${isOpen ? 'Hide' : 'Show'} ${group.value ?? 'runs without a value'}`}
          onClick={() => onToggle(index)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
        <strong className="clip">{group.value ?? '(none)'}</strong>
        <span className="muted small"> {count(group.runs)}</span>
      </span>
      {columns.map((column) => {
        const mean = group.values[asked.indexOf(column.id)]
        return (
          <span
            role="gridcell"
            key={column.id}
            className={`grid-cell ${column.align} ${column.left === null ? '' : 'pinned'}`}
            style={{ width: column.width, left: column.left ?? undefined }}
            title={mean === null || mean === undefined ? undefined : 'mean of the group'}
          >
            {mean === null || mean === undefined ? '' : <>⌀ {metricText(mean)}</>}
          </span>
        )
      })}
    </>
  )
}
