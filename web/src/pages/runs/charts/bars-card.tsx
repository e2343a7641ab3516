import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { TrackedRun } from '../../../../../src/edges/http/contract.ts'
import { csvAddress, trackingQueries } from '../../../api/tracking-queries.ts'
import { Chart } from '../../../charts/chart.tsx'
import { ChartFiles } from '../../../charts/chart-files.tsx'
import type { ChartOption } from '../../../charts/echarts.ts'
import { type Palette, seriesLook, usePalette } from '../../../charts/palette.ts'
import { FoldedTable } from '../../metrics/folded-table.tsx'
import type { Drawn } from '../../metrics/lines.ts'
import { metricText } from '../columns.ts'
import type { PanelProps } from './charts-panel.tsx'
import { Picker } from './picker.tsx'

interface Bar {
  readonly run: Drawn
  readonly value: number
}

/** The latest value of one metric, run by run. */
export function BarsCard({ view, keys, asked, drawn: { runs }, onChange }: PanelProps) {
  const navigate = useNavigate()
  const palette = usePalette()
  const metric = (view.y?.[0] ?? `metrics.${keys.metrics[0] ?? ''}`).replace(/^metrics\./, '')
  const query = useQuery({
    ...trackingQueries.compare(runs.map(({ id }) => id)),
    enabled: runs.length > 0,
  })
  const bars = useMemo(
    () => barsOf(runs, query.data?.items ?? [], metric),
    [runs, query.data, metric],
  )
  const option = useMemo(() => barsOption(bars, palette), [bars, palette])
  return (
    <>
      <div className="look">
        <Picker
          label="metric"
          value={metric}
          options={keys.metrics}
          onChange={(key) => onChange({ y: [`metrics.${key}`] })}
        />
      </div>
      <figure className="card metric-chart">
        <figcaption>
          <h3>{metric}, latest</h3>
          <ChartFiles
            title={`${metric}, latest`}
            csv={csvAddress({ ...asked, columns: [`metrics.${metric}`] })}
          />
        </figcaption>
        {bars.length === 0 ? (
          <p className="muted small">None of these runs has logged it.</p>
        ) : (
          <Chart
            option={option}
            height={Math.max(140, 40 + bars.length * 26)}
            label={bars.map(({ run, value }) => `${run.name} ${metricText(value)}`).join(', ')}
            onPick={(id) => void navigate({ to: '/runs/$id', params: { id } })}
          />
        )}
        <FoldedTable label={`${metric} of the runs`} heads={['Run', metric]}>
          {() => bars.map(({ run, value }) => [run.name, metricText(value)])}
        </FoldedTable>
      </figure>
    </>
  )
}

function barsOf(
  drawn: readonly Drawn[],
  runs: readonly TrackedRun[],
  metric: string,
): readonly Bar[] {
  return drawn.flatMap((run) => {
    const found = runs.find(({ id }) => id === run.id)?.metrics.find(({ key }) => key === metric)
    return found === undefined || found.value === 'NaN' ? [] : [{ run, value: found.value }]
  })
}

function barsOption(bars: readonly Bar[], palette: Palette): ChartOption {
  const text = { color: palette.muted, fontSize: 11.5, fontFamily: palette.font }
  return {
    animation: false,
    grid: {
      left: 8,
      right: 60,
      top: 4,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'value',
      axisLabel: text,
      splitLine: { lineStyle: { color: palette.lineInner } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ run }) => run.name),
      axisLabel: { ...text, width: 130, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 16,
        label: {
          show: true,
          position: 'right',
          ...text,
          formatter: ({ value }) => metricText(Number(value)),
        },
        data: bars.map(({ run, value }) => ({
          value,
          id: run.id,
          itemStyle: { color: seriesLook(palette, run.place).colour, borderRadius: 3 },
        })),
      },
    ],
  }
}
