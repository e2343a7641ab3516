import { useMemo, type ReactNode } from 'react'
import { usePalette } from '../../../charts/palette.ts'
import { BandChart } from '../../metrics/band-chart.tsx'
import { lookOf } from '../../metrics/look.ts'
import { LookControls } from '../../metrics/look-controls.tsx'
import { MetricChart } from '../../metrics/metric-chart.tsx'
import type { PanelProps } from './charts-panel.tsx'
import { Legend } from './legend.tsx'
import { Picker } from './picker.tsx'

const FIRST = 3

/** Histories of the chosen metrics, one chart each: run by run, or where the table has groups and none was chosen, group by group. */
export function LinesCards({ view, keys, drawn, groups, onChange }: PanelProps) {
  const metrics = (view.y ?? keys.metrics.slice(0, FIRST).map((key) => `metrics.${key}`))
    .filter((id) => id.startsWith('metrics.'))
    .map((id) => id.slice('metrics.'.length))
  const palette = usePalette()
  const look = useMemo(() => lookOf(view), [view])
  const others = keys.metrics.filter((key) => !metrics.includes(key))
  const draw = (shown: readonly string[]) => onChange({ y: shown.map((key) => `metrics.${key}`) })
  const chartOf = (metric: string): ReactNode => {
    const props = { metric, look, onLook: onChange }
    return groups === null ? (
      <MetricChart {...props} runs={drawn.runs} isMoving={drawn.isMoving} />
    ) : (
      <BandChart {...props} groups={groups.groups} isMoving={groups.isMoving} />
    )
  }
  return (
    <>
      <LookControls look={look} onChange={onChange} areGroups={groups !== null}>
        <Picker
          label=""
          value=""
          none="Draw a metric…"
          options={others}
          onChange={(key) => (key === '' ? undefined : draw([...metrics, key]))}
        />
      </LookControls>
      {groups === null ? null : (
        <Legend words={groups.groups.map(({ name }) => name)} palette={palette} />
      )}
      <div className="metric-charts">
        {metrics.map((metric) => (
          <div key={metric} className="removable">
            {chartOf(metric)}
            <button
              type="button"
              className="bare"
              aria-label={`Take the chart of ${metric} away`}
              onClick={() => draw(metrics.filter((one) => one !== metric))}
            >
              ✕
            </button>
          </div>
        ))}
      </div>
    </>
  )
}
