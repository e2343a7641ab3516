import { useMemo } from 'react'
import { historyCsvAddress } from '../../api/tracking-queries.ts'
import { seriesLook, usePalette } from '../../charts/palette.ts'
import { metricText } from '../runs/columns.ts'
import { MetricFigure } from './figure.tsx'
import { linesOption } from './lines-option.ts'
import type { Drawn, Line } from './lines.ts'
import type { LinesLook, LookChange } from './look.ts'
import { PointsTable } from './points-table.tsx'
import { useHistories } from './use-histories.ts'

const POINTS = 320

interface MetricChartProps {
  readonly metric: string
  readonly runs: readonly Drawn[]
  readonly look: LinesLook
  readonly onLook: (change: LookChange) => void
  /** Whether one of the runs is being written. */
  readonly isMoving: boolean
}

/** One metric of one or many runs. */
export function MetricChart({ metric, runs, look, onLook, isMoving }: MetricChartProps) {
  const palette = usePalette()
  const sets = useMemo(() => [runs], [runs])
  const histories = useHistories(sets, { metric, points: POINTS, look, isMoving })
  const { zoom } = histories
  const lines = histories.lines[0] ?? NO_LINES
  const option = useMemo(
    () => linesOption(lines, { look, zoom }, palette),
    [lines, look, zoom, palette],
  )
  const points = lines.reduce((sum, { x }) => sum + x.length, 0)
  const whose = runs.length === 1 ? (runs[0]?.name ?? 'a run') : `${runs.length} runs`
  return (
    <MetricFigure
      metric={metric}
      caption={captionOf(lines, zoom !== null)}
      label={`${metric} of ${whose}, ${points} points; the figures are in the table below`}
      option={option}
      histories={histories}
      look={look}
      onLook={onLook}
      legend={lines.map(({ run }) => ({
        name: run.name,
        colour: seriesLook(palette, run.place).colour,
      }))}
      csv={historyCsvAddress(
        runs.map(({ id }) => id),
        metric,
      )}
      empty={look.log ? 'Nothing above 0 was logged.' : 'None of these runs has logged it.'}
    >
      <PointsTable lines={lines} along={look.along} />
    </MetricFigure>
  )
}

const NO_LINES: readonly Line[] = []

/** A single line says where it ended. */
function captionOf(lines: readonly Line[], isPart: boolean): string {
  const [only] = lines
  if (only === undefined || lines.length > 1 || isPart) return ''
  const last = only.raw.at(-1)
  return last === null || last === undefined ? '' : `latest ${metricText(last)}`
}
