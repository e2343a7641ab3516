import { useVirtualizer } from '@tanstack/react-virtual'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { count } from '../../format/numbers.ts'
import { useProjectTime } from '../../parts/project-time.ts'
import { type Chosen, countChosen, isChosen, MOST_NAMED } from './chosen.ts'
import { columnOf, NAME_SORT, type RunColumn } from './columns.ts'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { useLines, type Line, type Lines } from './use-lines.ts'
import { useSeenRange } from './use-seen-range.ts'
import type { RunsAsked } from '../../api/tracking-queries.ts'
import '../../parts/data-table.css'
import './run-grid.css'

export const ROW_PX = 36
/** More lines than are ever drawn at once. */
const POOL = 128
const MINUTE_MS = 60_000
const CHECK_PX = 38
const NAME_PX = 250
const NAME_SMALL_PX = 170
const LEAST_PX = 240

export interface Sort {
  readonly key: string
  readonly descending: boolean
}

/** A column with its place; `left` when it stays in sight. */
export interface PlacedColumn extends RunColumn {
  readonly left: number | null
}

interface RunGridProps {
  readonly asked: RunsAsked
  readonly groupBy: string | undefined
  readonly columns: readonly string[]
  readonly pinned: readonly string[]
  readonly sort: Sort | null
  readonly onSort: (key: string) => void
  readonly chosen: Chosen
  readonly onChoose: (ids: readonly string[], on: boolean) => void
  /** Everything that matches, or nothing. */
  readonly onAll: (on: boolean) => void
  readonly colours: ReadonlyMap<string, string>
  readonly empty: ReactNode
}

/** Runs as rows of a grid: as many as there are, of which those in sight are there. */
export function RunGrid(props: RunGridProps) {
  const { asked, groupBy, chosen, onChoose } = props
  const navigate = useNavigate()
  const place = useRef<HTMLDivElement>(null)
  const { range, see } = useSeenRange()
  const [active, setActive] = useState(0)
  const lines = useLines(asked, groupBy, range)
  const virtual = useVirtualizer({
    count: lines.count,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollPaddingStart: ROW_PX,
    onChange: ({ range: seen }) => {
      if (seen !== null) see({ from: seen.startIndex, to: seen.endIndex + 1 })
    },
  })
  const layout = layoutOf(props.columns, props.pinned)
  const from = useRef<number | null>(null)
  const select = (line: number, far: boolean) => {
    const last = lines.lineAt(line)
    if (last.kind !== 'run') return
    const on = !isChosen(chosen, last.run.id)
    const start = far && from.current !== null ? from.current : line
    from.current = line
    if (start === line) return onChoose([last.run.id], on)
    const reach = Math.min(Math.abs(line - start), MOST_NAMED - 1) * Math.sign(line - start)
    // What lies between may not have been in sight yet.
    void lines.runsBetween(start, start + reach).then((runs) =>
      onChoose(
        runs.map(({ id }) => id),
        on,
      ),
    )
  }
  // The children of an opened run are no lines of what matches.
  const canAll = asked.nested === undefined && lines.total > 0
  const all = { state: allState(chosen, lines.total), total: lines.total, onAll: props.onAll }
  const open = (id: string) => void navigate({ to: '/runs/$id', params: { id } })
  const minute = Math.floor((useProjectTime() ?? Date.now()) / MINUTE_MS)
  const onKey = (event: KeyboardEvent) => {
    const next = moved(event.key, active, lines.count)
    if (next !== null) {
      event.preventDefault()
      setActive(next)
      virtual.scrollToIndex(next)
      if (event.shiftKey) select(next, true)
      return
    }
    if (event.key === 'a' && (event.ctrlKey || event.metaKey) && canAll) {
      event.preventDefault()
      props.onAll(all.state !== 'all')
      return
    }
    act(event, { lines, active, select, open })
  }
  const items = virtual.getVirtualItems()
  return (
    <>
      <div
        className="card run-grid"
        data-scroll
        ref={place}
        style={lines.isPending ? undefined : { maxHeight: heightOf(lines.count) }}
      >
        <div
          role={groupBy === undefined && asked.nested === undefined ? 'grid' : 'treegrid'}
          className="grid-rows"
          aria-label="Runs"
          aria-rowcount={lines.count + 1}
          aria-colcount={layout.columns.length + 2}
          aria-multiselectable="true"
          aria-activedescendant={
            items.some(({ index }) => index === active) ? `line-${active}` : undefined
          }
          tabIndex={0}
          onKeyDown={onKey}
          onClick={(event) => follow(event, open)}
          style={{ width: layout.width }}
        >
          <GridHead
            columns={layout.columns}
            sort={props.sort}
            onSort={props.onSort}
            nameSort={NAME_SORT}
            all={canAll ? all : null}
          />
          <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => (
              <GridRow
                // A line that leaves gives its elements to the one that comes: making them is what scrolling costs.
                key={index % POOL}
                index={index}
                top={start}
                line={lines.lineAt(index)}
                columns={layout.columns}
                layout={layout.key}
                isActive={index === active}
                isSelected={isChosenLine(lines.lineAt(index), chosen)}
                isOpen={openOf(lines, lines.lineAt(index))}
                colour={colourOf(lines.lineAt(index), props.colours)}
                metrics={props.columns}
                now={minute * MINUTE_MS}
                onSelect={select}
                onToggle={lines.toggle}
              />
            ))}
          </div>
        </div>
        {lines.count === 0 && !lines.isPending ? (
          <div className="grid-empty">{props.empty}</div>
        ) : null}
      </div>
      <p className="grid-foot muted small" role="status">
        {footOf(lines, groupBy)}
      </p>
    </>
  )
}

/** A few runs do not take the room of many; a line of the bar that scrolls sideways is left below. */
function heightOf(lines: number): number {
  return Math.max(LEAST_PX, (lines + 1) * ROW_PX + 18)
}

/** Names are plain links, since a hundred clever ones make a slow table: a plain click stays in the page. */
function follow(event: MouseEvent, open: (id: string) => void): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = (event.target as HTMLElement).closest('a')
  const id = /^\/runs\/(\w+)$/.exec(link?.getAttribute('href') ?? '')?.[1]
  if (id === undefined) return
  event.preventDefault()
  open(id)
}

function footOf(lines: Lines, groupBy: string | undefined): string {
  if (lines.isPending) return 'Fetching the runs…'
  const runs = `${count(lines.total)} ${lines.total === 1 ? 'run' : 'runs'}`
  return groupBy === undefined ? runs : `${count(lines.count)} lines, ${runs}`
}

function layoutOf(ids: readonly string[], pinned: readonly string[]) {
  const known = ids.map(columnOf).filter((column) => column !== null)
  const isPinned = ({ id }: RunColumn) => pinned.includes(id)
  const name = window.innerWidth < 700 ? NAME_SMALL_PX : NAME_PX
  let left = CHECK_PX + name
  let width = left
  const columns = [...known.filter(isPinned), ...known.filter((one) => !isPinned(one))].map(
    (column): PlacedColumn => {
      const placed = { ...column, left: isPinned(column) ? left : null }
      if (isPinned(column)) left += column.width
      width += column.width
      return placed
    },
  )
  return { columns, width, key: columns.map(({ id, left: at }) => `${id}${at ?? ''}`).join(' ') }
}

function isChosenLine(line: Line, chosen: Chosen): boolean {
  return line.kind === 'run' && isChosen(chosen, line.run.id)
}

function allState(chosen: Chosen, total: number): 'all' | 'some' | 'none' {
  const n = countChosen(chosen, total)
  if (n === 0) return 'none'
  return n === total ? 'all' : 'some'
}

function openOf(lines: Lines, line: Line): boolean {
  if (line.kind === 'group') return line.isOpen
  return line.kind === 'run' && line.run.children > 0 && lines.isOpen(line.run.id)
}

function colourOf(line: Line, colours: ReadonlyMap<string, string>): string | undefined {
  return line.kind === 'run' ? colours.get(line.run.id) : undefined
}

function moved(key: string, active: number, lines: number): number | null {
  const last = lines - 1
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + 15,
    PageUp: active - 15,
    Home: 0,
    End: last,
  }
  const next = steps[key]
  return next === undefined || last < 0 ? null : Math.min(last, Math.max(0, next))
}

interface Acting {
  readonly lines: Lines
  readonly active: number
  readonly select: (line: number, far: boolean) => void
  readonly open: (id: string) => void
}

function act(event: KeyboardEvent, { lines, active, select, open }: Acting): void {
  if (event.target !== event.currentTarget) return
  const line = lines.lineAt(active)
  const isOpen = openOf(lines, line)
  if (event.key === ' ') {
    event.preventDefault()
    if (line.kind === 'group') lines.toggle(active)
    else select(active, event.shiftKey)
  }
  if (event.key === 'Enter' && line.kind === 'run') open(line.run.id)
  if (event.key === 'Enter' && line.kind === 'group') lines.toggle(active)
  if ((event.key === 'ArrowRight' && !isOpen) || (event.key === 'ArrowLeft' && isOpen))
    lines.toggle(active)
}
