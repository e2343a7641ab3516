import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { csvAddress, trackingQueries } from '../../../api/tracking-queries.ts'
import { Chart } from '../../../charts/chart.tsx'
import { ChartFiles } from '../../../charts/chart-files.tsx'
import { usePalette } from '../../../charts/palette.ts'
import { count, plural } from '../../../format/numbers.ts'
import type { PanelProps } from './charts-panel.tsx'
import { parallelOption } from './parallel-option.ts'
import { Picker } from './picker.tsx'
import { ValuesTable } from './values-table.tsx'

const MOST_LINES = 1000
const FIRST_PARAMS = 4

/** What went in and what came out, side by side: drag along an axis to keep only the runs within. */
export function ParallelCard({ view, keys, asked, onChange }: PanelProps) {
  const palette = usePalette()
  const names = [
    ...keys.params.map((key) => `params.${key}`),
    ...keys.metrics.map((key) => `metrics.${key}`),
  ]
  const usual = [
    ...keys.params.slice(0, FIRST_PARAMS).map((key) => `params.${key}`),
    ...keys.metrics.slice(0, 2).map((key) => `metrics.${key}`),
  ]
  const columns = view.y !== undefined && view.y.length > 1 ? view.y : usual
  const query = useQuery({
    ...trackingQueries.runs(
      { ...asked, columns, nested: undefined, parent: undefined },
      0,
      MOST_LINES,
    ),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  const rows = query.data?.items
  const option = useMemo(
    () => parallelOption(rows ?? [], columns, palette),
    [rows, columns.join('\n'), palette],
  )
  const total = query.data?.total ?? 0
  return (
    <>
      <div className="look">
        <Picker
          label=""
          value=""
          none="Add an axis…"
          options={names.filter((id) => !columns.includes(id))}
          onChange={(id) => (id === '' ? undefined : onChange({ y: [...columns, id] }))}
        />
        {columns.map((id) => (
          <button
            key={id}
            type="button"
            className="bare"
            aria-label={`Take the axis ${id} away`}
            onClick={() => onChange({ y: columns.filter((one) => one !== id) })}
          >
            {id} ✕
          </button>
        ))}
      </div>
      <figure className="card metric-chart">
        <figcaption>
          <h3>Parallel coordinates</h3>
          <span className="muted small">
            {total > MOST_LINES
              ? `the first ${count(MOST_LINES)} of ${count(total)} runs`
              : plural(total, 'run')}
            , coloured by the last axis; drag along an axis to keep what is within{' '}
            <ChartFiles title="Parallel coordinates" csv={csvAddress({ ...asked, columns })} />
          </span>
        </figcaption>
        <Chart
          option={option}
          height={420}
          label={`${columns.length} values of ${rows?.length ?? 0} runs side by side; the figures are in the table below`}
        />
        <ValuesTable rows={rows ?? []} columns={columns} />
      </figure>
    </>
  )
}
