import type { NodeState, RunStage, StageMoment } from '../../../../src/edges/http/contract.ts'
import { Chip, type Tone } from '../../parts/chip.tsx'

interface Look {
  readonly tone: Tone
  readonly word: string
  readonly glyph: string
}

/** How a stage stands now: colour, shape and word. */
export const NODE_LOOK: Readonly<Record<NodeState, Look>> = {
  current: { tone: 'good', word: 'up to date', glyph: '✓' },
  runs: { tone: 'info', word: 'would run', glyph: '●' },
  waits: { tone: 'quiet', word: 'waiting', glyph: '○' },
  restores: { tone: 'info', word: 'from cache', glyph: '↺' },
  blocked: { tone: 'warning', word: 'blocked', glyph: '▲' },
  modified: { tone: 'info', word: 'changed', glyph: '●' },
  deleted: { tone: 'warning', word: 'not here', glyph: '▲' },
}

export function NodeChip({ state }: { state: NodeState }) {
  return <Chip {...NODE_LOOK[state]} />
}

/** How a stage ended in a run. */
const RUN_LOOK: Readonly<Record<RunStage['state'], Look>> = {
  ran: { tone: 'good', word: 'ran', glyph: '✓' },
  restored: { tone: 'good', word: 'from cache', glyph: '↺' },
  skipped: { tone: 'quiet', word: 'unchanged', glyph: '–' },
  running: { tone: 'info', word: 'running', glyph: '●' },
  failed: { tone: 'bad', word: 'failed', glyph: '✕' },
  cancelled: { tone: 'quiet', word: 'cancelled', glyph: '✕' },
}

export function StageChip({ state }: { state: RunStage['state'] }) {
  return <Chip {...RUN_LOOK[state]} />
}

/** The newest runs of a stage, the newest at the right: a full box ran, an empty one was spared, a cross failed. */
export function Moments({ recent }: { recent: readonly StageMoment[] }) {
  if (recent.length === 0) return null
  const label = `Last ${recent.length} runs, the newest first: ${recent.map(({ state }) => RUN_LOOK[state].word).join(', ')}`
  return (
    <span className="moments" role="img" aria-label={label} title={label}>
      {recent.toReversed().map(({ run_id, state }) => (
        <i key={run_id} className={state} />
      ))}
    </span>
  )
}

/** Of the newest runs, in how many nothing had to run. */
export function cacheHits(recent: readonly StageMoment[]): string {
  const hits = recent.filter(({ state }) => state === 'skipped' || state === 'restored').length
  return recent.length === 0 ? '–' : `${hits} of ${recent.length}`
}
