import { useMediaQuery } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Timeline } from '../../../../src/edges/http/contract.ts'
import { Chart } from '../../charts/chart.tsx'
import { usePalette } from '../../charts/palette.ts'
import type { Range } from '../../charts/range.ts'
import { useZoomByDrag } from '../../charts/zoom-by-drag.ts'
import { capitalised, methodNames, metricName } from '../../format/names.ts'
import { number } from '../../format/numbers.ts'
import { day, isoDay } from '../../format/times.ts'
import { addressOf } from '../../parts/reference.tsx'
import { Empty } from '../../parts/states.tsx'
import { historyOption } from './history-option.ts'
import { HistoryTable } from './history-table.tsx'
import { layLanes, LEFT, RIGHT, type Lanes } from './lanes.ts'
import { extentOf, isWhole, rangeOf } from './range.ts'
import { RangeButtons } from './range-buttons.tsx'
import './history.css'

const NARROW = '(max-width: 700px)'

/** Quality, drift, versions, decisions and traffic of one model, zoomed together. */
export function History({ timeline }: { timeline: Timeline }) {
  if (timeline.quality.length === 0 && timeline.traffic.length === 0) {
    return (
      <Empty title="Nothing has been asked of it yet" command="ratchet predict NAME input=value">
        Its history begins with the first prediction; quality with the first labels that come back.
      </Empty>
    )
  }
  return <Picture timeline={timeline} />
}

function Picture({ timeline }: { timeline: Timeline }) {
  const search = useSearch({ from: '/models/$name' })
  const navigate = useNavigate({ from: '/models/$name' })
  const palette = usePalette()
  const narrow = useMediaQuery(NARROW) ?? false
  const extent = useMemo(() => extentOf(timeline), [timeline])
  const range = useMemo(() => rangeOf(extent, search), [extent, search])
  const lanes = useMemo(() => layLanes(timeline), [timeline])
  const option = useMemo(
    () => historyOption({ timeline, lanes, range, palette, narrow }),
    [timeline, lanes, range, palette, narrow],
  )
  const show = (to: Range) =>
    void navigate({
      search: isWhole(to, extent) ? {} : { from: isoDay(to.from), to: isoDay(to.to) },
      resetScroll: false,
    })
  const drag = useZoomByDrag({ range, left: LEFT, right: RIGHT, show, reset: () => show(extent) })
  const open = (id: string) => {
    const link = timeline.events.find((event) => event.id === id)?.link
    void navigate({ href: link ? addressOf(link) : `/why/${encodeURIComponent(id)}` })
  }
  return (
    <section className="card history" aria-label="History">
      <header>
        <div>
          <h3>
            {capitalised(metricName(timeline.metric.name))} ({timeline.metric.unit}), with its
            interval
          </h3>
          <Legend timeline={timeline} />
        </div>
        <RangeButtons range={range} extent={extent} show={show} />
      </header>
      <div className="picture" {...drag.handlers}>
        <LaneTitles timeline={timeline} lanes={lanes} />
        <Chart
          option={option}
          height={lanes.height}
          label={`History of ${timeline.model}, ${day(range.from)} to ${day(range.to)}; the table below has the figures`}
          onPick={(id) => {
            if (!drag.justDragged()) open(id)
          }}
        />
        <div className="selection" ref={drag.selection} hidden />
      </div>
      <HistoryTable timeline={timeline} range={range} />
    </section>
  )
}

function Legend({ timeline: { baseline, guard, metric } }: { timeline: Timeline }) {
  return (
    <p className="legend small muted">
      <span>
        <i className="line accent" /> Ratchet
      </span>
      {baseline === null ? null : (
        <span>
          <i className="line alone" /> {baseline.label}
        </span>
      )}
      {guard === null ? null : (
        <span>
          <i className="line guard" /> guard {number(guard)} {metric.unit}
        </span>
      )}
      <span>{metric.lower_is_better ? 'lower is better' : 'higher is better'}</span>
    </p>
  )
}

function LaneTitles({ timeline, lanes }: { timeline: Timeline; lanes: Lanes }) {
  const titles = [
    { lane: lanes.drift, title: `Drift by feature (${methodNames(timeline.drift.method)})` },
    { lane: lanes.versions, title: 'Versions and decisions' },
    { lane: lanes.traffic, title: 'Predictions asked' },
  ]
  return titles
    .filter(({ lane }) => lane.height > 0)
    .map(({ lane, title }) => (
      <h3 key={title} style={{ top: lane.top - 24 }}>
        {title}
      </h3>
    ))
}
