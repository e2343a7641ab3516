import { Link } from '@tanstack/react-router'
import type { Run, RunStage } from '../../../../src/edges/http/contract.ts'
import { briefOf } from '../pipelines/change-text.ts'
import { leavesOf } from '../pipelines/leaves.ts'
import { spent } from '../pipelines/spent.ts'
import { StageChip } from '../pipelines/stage-state.tsx'
import { type Bar, barsOf } from './bars.ts'

interface GanttProps {
  readonly run: Run
  readonly chosen: string | undefined
  /** Project time. */
  readonly now: number
}

/** When each stage worked, for how long, and why: a table whose last column is the chart. */
export function Gantt({ run, chosen, now }: GanttProps) {
  const { bars, lengthMs, inARow } = barsOf(run, now)
  return (
    <div className="card scroll" role="region" aria-label="Stages of the run" tabIndex={0}>
      <table className="table gantt">
        <caption className="visually-hidden">Stages of the run</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col" className="end">
              Took
            </th>
            <th scope="col" className="time">
              <span className="axis">
                <span>0</span>
                <span>{inARow ? 'one after the other' : ''}</span>
                <span>{spent(lengthMs)}</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {run.stages.map((stage) => (
            <Row
              key={stage.stage}
              stage={stage}
              bar={bars.get(stage.stage) ?? { from: 0, width: 0 }}
              isChosen={stage.stage === chosen}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly stage: RunStage
  readonly bar: Bar
  readonly isChosen: boolean
}

function Row({ stage, bar, isChosen }: RowProps) {
  const { stage: name, state, duration_ms: ms } = stage
  const changes = leavesOf(stage.changes)
  const [first] = changes
  const more = changes.length - 1
  return (
    <tr className={isChosen ? 'chosen' : undefined}>
      <th scope="row">
        <Link
          to="."
          search={{ stage: name }}
          resetScroll={false}
          aria-current={isChosen ? 'true' : undefined}
        >
          {name}
        </Link>
      </th>
      <td>
        <StageChip state={state} />
      </td>
      <td>
        <div className="sentence muted small">
          {first === undefined ? (state === 'skipped' ? 'nothing changed' : '') : briefOf(first)}
          {more > 0 ? ` and ${more} more` : ''}
        </div>
      </td>
      <td className="end nowrap">{ms === null || state === 'skipped' ? '–' : spent(ms)}</td>
      <td className="time">
        <span
          className={`bar ${state}`}
          style={{ left: `${bar.from * 100}%`, width: `max(3px, ${bar.width * 100}%)` }}
        />
      </td>
    </tr>
  )
}
