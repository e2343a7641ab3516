import type { TrackedStatus } from '../../../../src/edges/http/contract.ts'
import { Chip } from '../../parts/chip.tsx'

const WORDS = {
  RUNNING: 'running',
  SCHEDULED: 'scheduled',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
} as const

const GLYPHS = { RUNNING: '●', SCHEDULED: '○', FINISHED: '✓', FAILED: '✕', KILLED: '–' } as const
const TONES = {
  RUNNING: 'info',
  SCHEDULED: 'quiet',
  FINISHED: 'good',
  FAILED: 'warning',
  KILLED: 'quiet',
} as const

/** How a run stands: colour, shape and word. */
export function StatusChip({ status }: { status: TrackedStatus }) {
  return <Chip tone={TONES[status]} word={WORDS[status]} glyph={GLYPHS[status]} />
}

/** The same where there is room for a sign only. */
export function StatusMark({ status }: { status: TrackedStatus }) {
  return (
    <span
      className={`status-mark ${TONES[status]}`}
      role="img"
      aria-label={WORDS[status]}
      title={WORDS[status]}
    >
      {GLYPHS[status]}
    </span>
  )
}
