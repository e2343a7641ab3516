import { useNavigate, useSearch } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { count, plural } from '../../format/numbers.ts'
import { Refusal } from '../../parts/command-button.tsx'
import { hitsIn, logLines, partsOf } from './log-lines.ts'
import { type FollowedLog, useLog } from './use-log.ts'
import type { PipelineRunView } from './view.ts'

const LINE_PX = 20

/** What a stage wrote, while it writes it; searched as one types. */
export function StageLog({ run, stage }: { run: string; stage: string }) {
  const log = useLog(run, stage)
  const lines = useMemo(() => logLines(log.text), [log.text])
  const { find = '', only }: PipelineRunView = useSearch({ from: '/pipelines/runs/$id' })
  const hits = useMemo(() => hitsIn(lines, find), [lines, find])
  const [hit, setHit] = useState(0)
  useEffect(() => setHit(0), [find])
  const shown = useMemo(
    () => (only === true && find !== '' ? hits : lines.map((_, index) => index)),
    [only, find, hits, lines],
  )
  const step = (by: number): void => {
    if (hits.length > 0) setHit((hit + by + hits.length) % hits.length)
  }
  const current = hits[hit]
  return (
    <div className="card log">
      <LogTools log={log} lines={lines.length} hits={hits.length} hit={hit} onStep={step} />
      {log.error === null ? null : <Refusal error={log.error} />}
      {lines.length === 0 ? (
        <p className="muted log-none">
          {log.missing ?? (log.ended ? 'It wrote nothing.' : 'Reading…')}
        </p>
      ) : (
        <Lines
          lines={lines}
          shown={shown}
          find={find}
          current={current}
          follow={!log.ended && find === ''}
        />
      )}
    </div>
  )
}

interface ToolsProps {
  readonly log: FollowedLog
  readonly lines: number
  readonly hits: number
  readonly hit: number
  readonly onStep: (by: number) => void
}

function LogTools({ log, lines, hits, hit, onStep }: ToolsProps) {
  const view: PipelineRunView = useSearch({ from: '/pipelines/runs/$id' })
  const navigate = useNavigate({ from: '/pipelines/runs/$id' })
  const change = (search: PipelineRunView) =>
    void navigate({ search, replace: true, resetScroll: false })
  const { find = '', only, ...rest } = view
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1)
    if (event.key === 'Escape') change(rest)
  }
  return (
    <div className="log-tools">
      <input
        type="search"
        className="input"
        data-search
        aria-label="Search the log"
        placeholder="Search the log"
        value={find}
        onKeyDown={onKey}
        onChange={({ currentTarget: { value } }) =>
          change({ ...rest, ...(value === '' ? {} : { find: value }), ...(only ? { only } : {}) })
        }
      />
      <span className="muted small" role="status">
        {find === ''
          ? standing(log, lines)
          : hits === 0
            ? 'not found'
            : `${hit + 1} of ${plural(hits, 'line')}`}
      </span>
      {find === '' ? null : (
        <span className="actions">
          <button type="button" className="button" aria-label="Earlier" onClick={() => onStep(-1)}>
            ↑
          </button>
          <button type="button" className="button" aria-label="Later" onClick={() => onStep(1)}>
            ↓
          </button>
          <label className="small only">
            <input
              type="checkbox"
              checked={only === true}
              onChange={({ currentTarget: { checked } }) =>
                change({ ...rest, find, ...(checked ? { only: true } : {}) })
              }
            />{' '}
            only these lines
          </label>
        </span>
      )}
    </div>
  )
}

function standing({ before, ended }: FollowedLog, lines: number): string {
  const cut = before > 0 ? `, after ${count(before)} bytes that are not shown` : ''
  return `${plural(lines, 'line')}${cut}${ended ? '' : ', still being written'}`
}

interface LinesProps {
  readonly lines: readonly string[]
  /** Places of the lines that are shown. */
  readonly shown: readonly number[]
  readonly find: string
  readonly current: number | undefined
  readonly follow: boolean
}

function Lines({ lines, shown, find, current, follow }: LinesProps) {
  const place = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => place.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  useEffect(() => {
    if (current !== undefined) virtual.scrollToIndex(shown.indexOf(current), { align: 'center' })
  }, [current, shown, virtual])
  useEffect(() => {
    const element = place.current
    if (!follow || element === null) return
    const away = element.scrollHeight - element.scrollTop - element.clientHeight
    // Whoever has scrolled back to read is left in peace.
    if (away < 400) element.scrollTop = element.scrollHeight
  }, [follow, shown])
  const width = Math.max(...shown.slice(0, 5000).map((index) => lines[index]?.length ?? 0), 1)
  return (
    <div className="log-scroll" ref={place} role="region" aria-label="Log" tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), minWidth: `${Math.min(width, 2000) + 9}ch` }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = shown[index] ?? 0
          return (
            <div
              key={line}
              className={line === current ? 'line current' : 'line'}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className="line-number" aria-hidden="true">
                {line + 1}
              </span>
              {partsOf(lines[line] ?? '', find).map((part, place_) =>
                // oxlint-disable-next-line react/no-array-index-key -- the parts of a line have no other name
                part.isHit ? <mark key={place_}>{part.text}</mark> : part.text,
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
