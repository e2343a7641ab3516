import { useMemo } from 'react'
import type { TrackedRun } from '../../../../src/edges/http/contract.ts'
import { Section } from '../../parts/heading.tsx'
import { type LookChange, lookOf } from '../metrics/look.ts'
import { LookControls } from '../metrics/look-controls.tsx'
import { MetricChart } from '../metrics/metric-chart.tsx'
import type { CompareView } from './view.ts'

const MOST_CHARTS = 12

interface CompareChartsProps {
  readonly runs: readonly TrackedRun[]
  readonly view: CompareView
  readonly onChange: (next: LookChange) => void
}

/** The histories of the runs over each other, metric by metric. */
export function CompareCharts({ runs, view, onChange }: CompareChartsProps) {
  const look = useMemo(() => lookOf(view), [view])
  const drawn = useMemo(() => runs.map(({ id, name }, place) => ({ id, name, place })), [runs])
  const metrics = [
    ...new Set(
      runs.flatMap((run) => run.metrics.filter(({ step }) => step > 0).map(({ key }) => key)),
    ),
  ].toSorted()
  if (metrics.length === 0) return null
  return (
    <Section title="Over time">
      <LookControls look={look} onChange={onChange} />
      <div className="metric-charts">
        {metrics.slice(0, MOST_CHARTS).map((metric) => (
          <MetricChart
            key={metric}
            metric={metric}
            runs={drawn}
            look={look}
            onLook={onChange}
            isMoving={runs.some(({ status }) => status === 'RUNNING')}
          />
        ))}
      </div>
      {metrics.length > MOST_CHARTS ? (
        <p className="muted small">
          The first {MOST_CHARTS} of {metrics.length} metrics are drawn.
        </p>
      ) : null}
    </Section>
  )
}
