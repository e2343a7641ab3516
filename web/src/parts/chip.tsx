import type { Severity, Verdict } from '../../../src/edges/http/contract.ts'
import './chip.css'

export type Tone = Severity | 'quiet'

const GLYPH: Readonly<Record<Tone, string>> = {
  good: '✓',
  info: '●',
  warning: '▲',
  bad: '✕',
  quiet: '○',
}

/** A state: colour, shape and word. */
export function Chip({ tone, word, glyph }: { tone: Tone; word: string; glyph?: string }) {
  return (
    <span className={`chip ${tone}`}>
      <span aria-hidden="true">{glyph ?? GLYPH[tone]}</span> {word}
    </span>
  )
}

export function VerdictChip({ verdict }: { verdict: Verdict }) {
  switch (verdict) {
    case 'passed':
      return <Chip tone="good" word="passed" />
    case 'failed':
      return <Chip tone="bad" word="failed" />
    case 'inconclusive':
      return <Chip tone="warning" word="inconclusive" glyph="~" />
  }
}

const MARK: Readonly<Record<Severity, string>> = {
  good: 'good',
  info: 'for information',
  warning: 'warning',
  bad: 'a person is needed',
}

/** The small mark at the head of a line: its shape says what its colour says. */
export function Mark({ severity }: { severity: Severity }) {
  return <span className={`mark ${severity}`} role="img" aria-label={MARK[severity]} />
}
