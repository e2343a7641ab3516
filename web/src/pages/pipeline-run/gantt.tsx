import { Link } from '@tanstack/react-router'
import type { Run, RunStage } from '../../../../src/edges/http/contract.ts'
import { TimeTable } from '../../parts/time-table.tsx'
import { briefOf } from '../pipelines/change-text.ts'
import { leavesOf } from '../pipelines/leaves.ts'
import { spent } from '../pipelines/spent.ts'
import { StageChip } from '../pipelines/stage-state.tsx'
import { barsOf } from './bars.ts'

interface GanttProps {
  readonly run: Run
  readonly chosen: string | undefined
  /** Project time. */
  readonly now: number
}

/** When each stage worked, for how long, and why. */
export function Gantt({ run, chosen, now }: GanttProps) {
  const { bars, lengthMs, inARow } = barsOf(run, now)
  return (
    <TimeTable
      label="Stages of the run"
      columns={['Stage', 'State', 'Why']}
      axis={['0', inARow ? 'one after the other' : '', spent(lengthMs)]}
      rows={run.stages.map((stage) => {
        const { stage: id, state, duration_ms: ms } = stage
        const { from, width } = bars.get(id) ?? { from: 0, width: 0 }
        return {
          id,
          name: <Name stage={id} isChosen={id === chosen} />,
          cells: [<StageChip key="state" state={state} />, <Why key="why" stage={stage} />],
          took: ms === null || state === 'skipped' ? '–' : spent(ms),
          state,
          from,
          width,
          isChosen: id === chosen,
        }
      })}
    />
  )
}

function Name({ stage, isChosen }: { stage: string; isChosen: boolean }) {
  return (
    <Link
      to="."
      search={{ stage }}
      resetScroll={false}
      aria-current={isChosen ? 'true' : undefined}
    >
      {stage}
    </Link>
  )
}

function Why({ stage: { state, changes } }: { stage: RunStage }) {
  const [first, ...more] = leavesOf(changes)
  return (
    <div className="sentence muted small">
      {first === undefined ? (state === 'skipped' ? 'nothing changed' : '') : briefOf(first)}
      {more.length > 0 ? ` and ${more.length} more` : ''}
    </div>
  )
}
