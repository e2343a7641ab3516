import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { RunKeys, RunRow } from '../../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../../api/tracking-queries.ts'
import type { DrawnRun } from '../../metrics/lines-option.ts'
import { CHART_KINDS, type ChartKind, type RunsView, type ViewChange } from '../view.ts'
import { BarsCard } from './bars-card.tsx'
import { LinesCards } from './lines-cards.tsx'
import { ParallelCard } from './parallel-card.tsx'
import { ScatterCard } from './scatter-card.tsx'
import './charts.css'

export interface PanelProps {
  readonly view: RunsView
  readonly keys: RunKeys
  readonly asked: RunsAsked
  readonly runs: readonly DrawnRun[]
  readonly isMoving: boolean
  readonly onChange: (next: ViewChange) => void
}

const WORDS: Readonly<Record<ChartKind, string>> = {
  lines: 'Lines',
  scatter: 'Scatter',
  parallel: 'Parallel',
  bars: 'Bars',
}

/** Charts beside the table: of the runs that were chosen, else of the first ones; of all that match where they can be. */
export function ChartsPanel(props: PanelProps) {
  const { view, onChange, runs } = props
  const { chart = 'lines' } = view
  const isOfSome = chart === 'lines' || chart === 'bars'
  return (
    <section className="charts" aria-label="Charts">
      <div className="charts-bar">
        <div role="group" aria-label="Kind of chart" className="segments">
          {CHART_KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              className={kind === chart ? 'button on' : 'button'}
              aria-pressed={kind === chart}
              onClick={() => onChange({ chart: kind })}
            >
              {WORDS[kind]}
            </button>
          ))}
        </div>
        <span className="muted small">
          {isOfSome ? ofSome(view, runs) : 'Every run that matches'}
        </span>
      </div>
      <Drawn {...props} kind={chart} />
    </section>
  )
}

function ofSome({ sel = [] }: RunsView, runs: readonly DrawnRun[]): string {
  return sel.length > 0
    ? `The ${runs.length} chosen`
    : `The first ${runs.length}; choose runs to draw others`
}

function Drawn({ kind, ...props }: PanelProps & { readonly kind: ChartKind }) {
  switch (kind) {
    case 'lines':
      return <LinesCards {...props} />
    case 'scatter':
      return <ScatterCard {...props} />
    case 'parallel':
      return <ParallelCard {...props} />
    case 'bars':
      return <BarsCard {...props} />
  }
}

const FIRST_DRAWN = 8
const MOST_DRAWN = 20

/** Which runs are drawn, and as which of the colours. */
export function useDrawnRuns(
  view: RunsView,
  rows: readonly RunRow[],
): { readonly runs: readonly DrawnRun[]; readonly isMoving: boolean } {
  const chosen = (view.sel ?? []).slice(0, MOST_DRAWN)
  const known = rows.filter(({ id }) => chosen.includes(id))
  const isOn = view.chart !== undefined
  const missing = isOn && known.length < chosen.length
  const found = useQuery({ ...trackingQueries.compare(chosen), enabled: missing })
  const shown = !isOn
    ? []
    : chosen.length === 0
      ? rows.slice(0, FIRST_DRAWN)
      : (missing ? (found.data?.items ?? known) : known).toSorted(
          (a, b) => chosen.indexOf(a.id) - chosen.indexOf(b.id),
        )
  const key = shown.map(({ id, name, status }) => `${id} ${name} ${status}`).join('\n')
  return useMemo(
    () => ({
      runs: shown.map(({ id, name }, place) => ({ id, name, place })),
      isMoving: shown.some(({ status }) => status === 'RUNNING'),
    }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the same runs are the same charts
    [key],
  )
}
