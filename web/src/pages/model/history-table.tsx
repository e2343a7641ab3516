import { useMemo, useState } from 'react'
import type { QualityPoint, Timeline, TimelineEvent } from '../../../../src/edges/http/contract.ts'
import type { Range } from '../../charts/range.ts'
import { metricShort } from '../../format/names.ts'
import { count, number } from '../../format/numbers.ts'
import { Mark } from '../../parts/chip.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Reference } from '../../parts/reference.tsx'
import { Id, Sentence } from '../../parts/sentence.tsx'
import { When } from '../../parts/when.tsx'

const EVENT_COLUMNS: readonly Column<TimelineEvent>[] = [
  { id: 'at', header: 'When', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
  {
    id: 'kind',
    header: 'What',
    sortBy: ({ kind }) => kind,
    cell: ({ kind, severity }) => (
      <span className="nowrap">
        <Mark severity={severity} /> {kind.replaceAll('_', ' ')}
      </span>
    ),
  },
  {
    id: 'label',
    header: 'In words',
    cell: ({ label }) => (
      <div className="sentence">
        <Sentence text={label} />
      </div>
    ),
  },
  {
    id: 'link',
    header: 'Evidence',
    cell: ({ id, link }) =>
      link === null ? <Id id={id} /> : <Reference link={link}>{link.label} →</Reference>,
  },
]

/** The figures behind the picture, of the stretch that it shows. */
export function HistoryTable({ timeline, range }: { timeline: Timeline; range: Range }) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as tables</summary>
      {open ? <Tables timeline={timeline} range={range} /> : null}
    </details>
  )
}

function Tables({ timeline, range }: { timeline: Timeline; range: Range }) {
  const { events, windows } = useMemo(() => {
    const inside = ({ at }: { at: string }) => {
      const time = Date.parse(at)
      return time >= range.from && time <= range.to
    }
    return {
      events: timeline.events.filter(inside).toReversed(),
      windows: timeline.quality.filter(inside).toReversed(),
    }
  }, [timeline, range])
  const columns = useMemo(() => windowColumns(timeline), [timeline])
  return (
    <div className="tables bounded">
      <DataTable label="Events" rows={events} columns={EVENT_COLUMNS} rowId={({ id }) => id} />
      <DataTable label="Windows" rows={windows} columns={columns} rowId={({ at }) => at} />
    </div>
  )
}

function windowColumns({ baseline, drift, metric }: Timeline): readonly Column<QualityPoint>[] {
  const alone = new Map(baseline?.points.map(({ at, value }) => [at, value]))
  const moved = new Map<string, string[]>()
  for (const { at, feature, score, floor } of drift.cells) {
    if (score > floor) moved.set(at, [...(moved.get(at) ?? []), `${feature} ${number(score)}`])
  }
  return [
    { id: 'at', header: 'Window to', sortBy: ({ at }) => at, cell: ({ at }) => <When at={at} /> },
    {
      id: 'value',
      header: `${metricShort(metric.name)} (${metric.unit})`,
      align: 'end',
      sortBy: ({ value }) => value,
      cell: ({ value }) => number(value),
    },
    {
      id: 'interval',
      header: 'Interval',
      align: 'end',
      cell: ({ lo, hi }) => `${number(lo)} to ${number(hi)}`,
    },
    { id: 'n', header: 'Labels', align: 'end', sortBy: ({ n }) => n, cell: ({ n }) => count(n) },
    {
      id: 'alone',
      header: baseline?.label ?? 'left alone',
      align: 'end',
      cell: ({ at }) => {
        const value = alone.get(at)
        return value === undefined ? '–' : number(value)
      },
    },
    { id: 'drift', header: 'Drifted', cell: ({ at }) => moved.get(at)?.join(', ') ?? '–' },
  ]
}
