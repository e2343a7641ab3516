import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { csvAddress, trackingQueries } from '../../../api/tracking-queries.ts'
import { Chart } from '../../../charts/chart.tsx'
import { ChartFiles } from '../../../charts/chart-files.tsx'
import { seriesLook, usePalette } from '../../../charts/palette.ts'
import { plural } from '../../../format/numbers.ts'
import { Toggle } from '../table-tools.tsx'
import type { PanelProps } from './charts-panel.tsx'
import { Legend } from './legend.tsx'
import { Picker } from './picker.tsx'
import { groupsOf, pointsOf, scatterOption } from './scatter-option.ts'
import { ValuesTable } from './values-table.tsx'

export const MOST_POINTS = 10_000

/** Two values of every run that matches, against each other. */
export function ScatterCard({ view, keys, asked, onChange }: PanelProps) {
  const navigate = useNavigate()
  const palette = usePalette()
  const names = [
    ...keys.params.map((key) => `params.${key}`),
    ...keys.metrics.map((key) => `metrics.${key}`),
  ]
  const x = view.x ?? names[0] ?? ''
  const y = view.y?.[0] ?? `metrics.${keys.metrics[0] ?? ''}`
  const colour = view.colour ?? null
  const columns = [x, y, ...(colour === null ? [] : [colour])].filter((id) => id.includes('.'))
  const query = useQuery({
    ...trackingQueries.runs(
      { ...asked, columns, nested: undefined, parent: undefined },
      0,
      MOST_POINTS,
    ),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  const points = useMemo(() => pointsOf(query.data?.items ?? []), [query.data])
  const log = view.log === true
  const option = useMemo(
    () => scatterOption(points, { x, y, colour, log, chosen: new Set() }, palette),
    [points, x, y, colour, log, palette],
  )
  return (
    <>
      <div className="look">
        <Picker label="across" value={x} options={names} onChange={(id) => onChange({ x: id })} />
        <Picker label="up" value={y} options={names} onChange={(id) => onChange({ y: [id] })} />
        <Picker
          label="colour"
          value={colour ?? ''}
          none="none"
          options={names}
          onChange={(id) => onChange({ colour: id })}
        />
        <Toggle
          label="Log"
          title="Logarithmic scales"
          on={log}
          onChange={(on) => onChange({ log: on ? true : undefined })}
        />
      </div>
      <figure className="card metric-chart">
        <figcaption>
          <h3>
            {y} by {x}
          </h3>
          <span className="muted small">
            {plural(points.length, 'run')}{' '}
            <ChartFiles
              title={`${y} by ${x}`}
              legend={
                colour === null
                  ? []
                  : groupsOf(points).map(({ word }, index) => ({
                      name: word === '' ? '(none)' : word,
                      colour: seriesLook(palette, index).colour,
                    }))
              }
              csv={csvAddress({ ...asked, columns })}
            />
          </span>
        </figcaption>
        {colour === null ? null : (
          <Legend words={groupsOf(points).map(({ word }) => word)} palette={palette} />
        )}
        <Chart
          option={option}
          height={420}
          label={`${y} against ${x} of ${points.length} runs; the figures are in the table below`}
          onPick={(id) => void navigate({ to: '/runs/$id', params: { id } })}
        />
        <ValuesTable rows={query.data?.items ?? []} columns={columns} />
      </figure>
    </>
  )
}
