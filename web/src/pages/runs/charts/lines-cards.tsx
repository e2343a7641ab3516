import { useMemo } from 'react'
import type { LinesLook } from '../../metrics/lines-option.ts'
import { LookControls } from '../../metrics/look-controls.tsx'
import { MetricChart } from '../../metrics/metric-chart.tsx'
import type { PanelProps } from './charts-panel.tsx'
import { Picker } from './picker.tsx'

const FIRST = 3

/** Histories of the chosen metrics, one chart each. */
export function LinesCards({ view, keys, runs, isMoving, onChange }: PanelProps) {
  const metrics = (view.y ?? keys.metrics.slice(0, FIRST).map((key) => `metrics.${key}`))
    .filter((id) => id.startsWith('metrics.'))
    .map((id) => id.slice('metrics.'.length))
  const { along = 'step', smooth = 0, log = false } = view
  const look = useMemo((): LinesLook => ({ along, smooth, log }), [along, smooth, log])
  const others = keys.metrics.filter((key) => !metrics.includes(key))
  const draw = (shown: readonly string[]) => onChange({ y: shown.map((key) => `metrics.${key}`) })
  return (
    <>
      <LookControls look={look} onChange={onChange}>
        <Picker
          label=""
          value=""
          none="Draw a metric…"
          options={others}
          onChange={(key) => (key === '' ? undefined : draw([...metrics, key]))}
        />
      </LookControls>
      <div className="metric-charts">
        {metrics.map((metric) => (
          <div key={metric} className="removable">
            <MetricChart metric={metric} runs={runs} look={look} isMoving={isMoving} />
            <button
              type="button"
              className="quiet"
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
