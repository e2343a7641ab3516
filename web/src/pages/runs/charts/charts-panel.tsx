import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { RunKeys, RunRow } from '../../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../../api/tracking-queries.ts'
import type { Drawn } from '../../metrics/lines.ts'
import { CHART_KINDS, type ChartKind, type RunsView, type ViewChange } from '../view.ts'
import { BarsCard } from './bars-card.tsx'
import { LinesCards } from './lines-cards.tsx'
import { ParallelCard } from './parallel-card.tsx'
import { ScatterCard } from './scatter-card.tsx'
import { type DrawnGroups, MOST_OF_A_GROUP, useGroups } from './use-groups.ts'
import './charts.css'

export interface PanelProps {
  readonly view: RunsView
  readonly keys: RunKeys
  readonly asked: RunsAsked
  readonly drawn: DrawnRuns
  /** Where the table has groups, and no run was chosen. */
  readonly groups: DrawnGroups | null
  readonly onChange: (next: ViewChange) => void
}

const WORDS: Readonly<Record<ChartKind, string>> = {
  lines: 'Lines',
  scatter: 'Scatter',
  parallel: 'Parallel',
  bars: 'Bars',
}

/** Charts beside the table: of the runs that were chosen, else of the first ones; of all that match where they can be. */
export function ChartsPanel(props: Omit<PanelProps, 'groups'>) {
  const { view, onChange, drawn, asked } = props
  const { chart = 'lines' } = view
  const isOfSome = drawOneByOne(view)
  const areGrouped = chart === 'lines' && !isOfSome
  const found = useGroups(asked, areGrouped ? view.group : undefined)
  const groups = areGrouped ? found : null
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
          {groups !== null
            ? ofGroups(groups)
            : isOfSome
              ? ofSome(view, drawn.runs)
              : 'Every run that matches'}
        </span>
      </div>
      <Kind {...props} groups={groups} kind={chart} />
    </section>
  )
}

/** Of all that match, those that are named are the ones that were not chosen. */
function namedIn({ sel = [], every }: RunsView): readonly string[] {
  return every === true ? [] : sel
}

/** Whether each drawn run has a colour of its own. */
export function drawOneByOne(view: RunsView): boolean {
  if (view.chart === 'bars') return true
  return view.chart === 'lines' && (view.group === undefined || namedIn(view).length > 0)
}

function ofSome(view: RunsView, runs: readonly Drawn[]): string {
  return namedIn(view).length > 0
    ? `The ${runs.length} chosen`
    : `The first ${runs.length}; choose runs to draw others`
}

/** What the means are of. */
function ofGroups({ groups, total }: DrawnGroups): string {
  const which =
    groups.length < total ? `The ${groups.length} largest of ${total} groups` : 'Each group'
  return `${which}, of its first ${MOST_OF_A_GROUP} runs; choose runs to draw them one by one`
}

function Kind({ kind, ...props }: PanelProps & { readonly kind: ChartKind }) {
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

export interface DrawnRuns {
  readonly runs: readonly Drawn[]
  /** Whether one of them is being written. */
  readonly isMoving: boolean
}

/** Which runs are drawn, and as which of the colours. */
export function useDrawnRuns(view: RunsView, rows: readonly RunRow[]): DrawnRuns {
  const chosen = namedIn(view).slice(0, MOST_DRAWN)
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
