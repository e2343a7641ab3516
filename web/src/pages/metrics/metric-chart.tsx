import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { Chart } from '../../charts/chart.tsx'
import { usePalette } from '../../charts/palette.ts'
import { count } from '../../format/numbers.ts'
import { Failure } from '../../parts/states.tsx'
import { metricText } from '../runs/columns.ts'
import { type DrawnRun, type Line, type LinesLook, linesOf, linesOption } from './lines-option.ts'
import './metrics.css'

const POINTS = 320
const MOVING_MS = 1500

interface MetricChartProps {
  readonly metric: string
  readonly runs: readonly DrawnRun[]
  readonly look: LinesLook
  /** Whether one of the runs is being written. */
  readonly isMoving: boolean
  readonly height?: number
}

/** One metric of one or many runs, sampled to what a screen can show. */
export function MetricChart({ metric, runs, look, isMoving, height = 200 }: MetricChartProps) {
  const palette = usePalette()
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const query = useQuery({
    ...trackingQueries.history(ids, metric, POINTS),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: isMoving ? MOVING_MS : false,
  })
  const lines = useMemo(
    () => (query.data === undefined ? [] : linesOf(query.data, runs, look)),
    [query.data, runs, look],
  )
  const option = useMemo(() => linesOption(lines, look, palette), [lines, look, palette])
  const points = lines.reduce((sum, { x }) => sum + x.length, 0)
  return (
    <figure className="card metric-chart">
      <figcaption>
        <h3>{metric}</h3>
        <span className="muted small">{captionOf(lines)}</span>
      </figcaption>
      {query.isError ? <Failure error={query.error} again={() => void query.refetch()} /> : null}
      {query.isSuccess && lines.length === 0 ? (
        <p className="muted small">
          {look.log ? 'Nothing above 0 was logged.' : 'None of these runs has logged it.'}
        </p>
      ) : (
        <Chart
          option={option}
          height={height}
          label={`${metric} of ${runs.length === 1 ? (runs[0]?.name ?? 'a run') : `${runs.length} runs`}, ${points} points; the figures are in the table below`}
        />
      )}
      <PointsTable lines={lines} look={look} />
    </figure>
  )
}

/** A single line says where it ended. */
function captionOf(lines: readonly Line[]): string {
  const [only] = lines
  if (only === undefined || lines.length > 1) return ''
  const last = only.raw.at(-1)
  return last === null || last === undefined ? '' : `latest ${metricText(last)}`
}

const MOST_ROWS = 500

/** The figures behind the lines. */
function PointsTable({ lines, look }: { lines: readonly Line[]; look: LinesLook }) {
  const [open, setOpen] = useState(false)
  if (lines.length === 0) return null
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open ? (
        <div className="points" role="region" aria-label="Points" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col" className="end">
                  {look.along === 'step' ? 'Step' : 'ms'}
                </th>
                <th scope="col" className="end">
                  Value
                </th>
              </tr>
            </thead>
            <tbody>{rowsOf(lines)}</tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}

function rowsOf(lines: readonly Line[]) {
  return lines
    .flatMap(({ run, x, raw }) => x.map((at, index) => ({ run, at, value: raw[index] ?? null })))
    .slice(0, MOST_ROWS)
    .map(({ run, at, value }, index) => (
      <tr key={`${run.id} ${index}`}>
        <td>{run.name}</td>
        <td className="end">{count(at)}</td>
        <td className="end">{value === null ? 'NaN' : metricText(value)}</td>
      </tr>
    ))
}
