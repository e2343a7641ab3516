import type { Rollout, RolloutStep } from '../../../../src/edges/http/contract.ts'
import { percent } from '../../format/numbers.ts'
import { duration, exact } from '../../format/times.ts'
import { useProjectTime } from '../../parts/project-time.ts'

const WORD: Readonly<Record<RolloutStep['state'], string>> = {
  done: 'done',
  current: 'now',
  waiting: 'waits',
  failed: 'stopped here',
  skipped: 'not reached',
}

/** The steps as a track, and the split between the two versions now. */
export function StepsTrack({ rollout }: { rollout: Rollout }) {
  const { split, champion, version } = rollout
  return (
    <section className="card track" aria-label="Steps">
      <ol>
        {rollout.steps.map((step, index) => (
          <Step key={`${index} ${step.name}`} step={step} />
        ))}
      </ol>
      <div className="split">
        <span className="nowrap">
          v{champion} answers <strong>{percent(split.champion)}</strong>
        </span>
        <div className="bar" aria-hidden="true">
          <span style={{ flexGrow: split.champion, background: 'var(--faint)' }} />
          <span style={{ flexGrow: split.challenger, background: 'var(--accent)' }} />
        </div>
        <span className="nowrap">
          v{version} answers <strong>{percent(split.challenger)}</strong>
        </span>
      </div>
    </section>
  )
}

function Step({ step }: { step: RolloutStep }) {
  const now = useProjectTime()
  return (
    <li className={step.state} aria-current={step.state === 'current' ? 'step' : undefined}>
      <span className="knot" aria-hidden="true">
        {step.state === 'done' ? '✓' : step.state === 'failed' ? '✕' : ''}
      </span>
      <strong>{step.name}</strong>
      <span className="muted small" title={spanOf(step)}>
        {WORD[step.state]}
        {lengthOf(step, now)}
        {step.note === null ? null : `: ${step.note}`}
      </span>
    </li>
  )
}

function spanOf({ from, to }: RolloutStep): string | undefined {
  if (from === null) return undefined
  return to === null ? `since ${exact(from)}` : `${exact(from)} to ${exact(to)}`
}

function lengthOf({ from, to, state }: RolloutStep, now: number | null): string {
  if (from === null || (state === 'current' && now === null)) return ''
  const end = to === null ? now : Date.parse(to)
  return end === null || end <= Date.parse(from) ? '' : `, ${duration(end - Date.parse(from))}`
}
