import type { Run, RunStage } from '../../../../src/edges/http/contract.ts'

/** Where the bar of a stage stands, as shares of the whole length. */
export interface Bar {
  readonly from: number
  readonly width: number
}

export interface Bars {
  readonly lengthMs: number
  readonly bars: ReadonlyMap<string, Bar>
  /** The stages followed each other, but when is not known: project time stood still while they worked. */
  readonly inARow: boolean
}

/** The stages of a run on one axis. A running one reaches to `nowMs`, project time. */
export function barsOf({ stages }: Run, nowMs: number): Bars {
  const spans = stages.map((stage) => spanOf(stage, nowMs))
  const starts = new Set(spans.map(({ at }) => at))
  const inARow = starts.size === 1 && stages.length > 1
  let passed = 0
  const placed = spans.map(({ stage, at, ms }) => {
    const start = inARow ? passed : at
    passed += ms
    return { stage, start, ms }
  })
  const first = Math.min(...placed.map(({ start }) => start))
  const last = Math.max(...placed.map(({ start, ms }) => start + ms))
  const lengthMs = Math.max(1, last - first)
  const bars = placed.map(({ stage, start, ms }) => {
    const bar = { from: (start - first) / lengthMs, width: ms / lengthMs }
    return [stage, bar] as const
  })
  return { lengthMs, bars: new Map(bars), inARow }
}

function spanOf({ stage, state, started_at: started, duration_ms: ms }: RunStage, nowMs: number) {
  const at = Date.parse(started)
  return { stage, at, ms: ms ?? (state === 'running' ? Math.max(0, nowMs - at) : 0) }
}
