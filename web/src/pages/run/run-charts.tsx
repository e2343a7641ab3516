import { useMemo } from 'react'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { plural } from '../../format/numbers.ts'
import { Section } from '../../parts/heading.tsx'
import { lookOf } from '../metrics/look.ts'
import { LookControls } from '../metrics/look-controls.tsx'
import { MetricChart } from '../metrics/metric-chart.tsx'
import type { RunView } from './view.ts'

const MOST_CHARTS = 24

interface RunChartsProps {
  readonly run: TrackedRun
  readonly view: RunView
  readonly onChange: (next: { readonly [Key in keyof RunView]?: RunView[Key] | undefined }) => void
}

/** The history of each metric that has one. */
export function RunCharts({ run, view, onChange }: RunChartsProps) {
  const { find = '' } = view
  const look = useMemo(() => lookOf(view), [view])
  const runs = useMemo(() => [{ id: run.id, name: run.name, place: 0 }], [run.id, run.name])
  // A metric that was logged once is a figure of the table, not a line.
  const metrics = run.metrics.filter(
    ({ key, step }) => step > 0 && key.toLowerCase().includes(find.toLowerCase()),
  )
  if (!run.metrics.some(({ step }) => step > 0)) return null
  return (
    <Section title="Over time" note={`${plural(metrics.length, 'metric')} logged more than once.`}>
      <LookControls look={look} onChange={onChange}>
        <input
          className="input find"
          data-search
          aria-label="Find a metric"
          placeholder="Find a metric"
          value={find}
          onChange={(event) => onChange({ find: event.currentTarget.value })}
        />
      </LookControls>
      <div className="metric-charts">
        {metrics.slice(0, MOST_CHARTS).map(({ key }) => (
          <MetricChart
            key={key}
            metric={key}
            runs={runs}
            look={look}
            onLook={onChange}
            isMoving={run.status === 'RUNNING'}
          />
        ))}
      </div>
      {metrics.length > MOST_CHARTS ? (
        <p className="muted small">
          The first {MOST_CHARTS} are drawn; find others by their names.
        </p>
      ) : null}
    </Section>
  )
}
