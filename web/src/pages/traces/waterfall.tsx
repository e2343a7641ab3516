import { Link } from '@tanstack/react-router'
import type { TraceSpan } from '../../../../src/edges/http/contract.ts'
import { TimeTable } from '../../parts/time-table.tsx'
import { spent } from '../pipelines/spent.ts'

const SHORTEST_MS = 0.001

/** When each step of a trace began and how long it took. */
export function Waterfall({ spans, chosen }: { spans: readonly TraceSpan[]; chosen: string }) {
  const ends = spans.map(({ start_ms: start, duration_ms: ms }) => start + (ms ?? 0))
  const lengthMs = Math.max(SHORTEST_MS, ...ends)
  return (
    <TimeTable
      label="Steps of the trace"
      columns={['Step', 'Kind']}
      axis={['0', spent(lengthMs)]}
      rows={spans.map((span) => {
        const { id, type, depth, start_ms: start, duration_ms: ms } = span
        return {
          id,
          name: <Name span={span} isChosen={id === chosen} />,
          depth,
          cells: [
            <span key="kind" className="muted small">
              {type?.toLowerCase() ?? ''}
            </span>,
          ],
          took: ms === null ? '–' : spent(ms),
          state: stateOf(span),
          from: start / lengthMs,
          width: (ms ?? lengthMs - start) / lengthMs,
          isChosen: id === chosen,
        }
      })}
    />
  )
}

function stateOf({ status, duration_ms: ms }: TraceSpan): 'failed' | 'running' | 'ran' {
  if (status === 'ERROR') return 'failed'
  return ms === null ? 'running' : 'ran'
}

function Name({ span: { id, name, status }, isChosen }: { span: TraceSpan; isChosen: boolean }) {
  return (
    <>
      <Link
        to="."
        search={{ span: id }}
        resetScroll={false}
        aria-current={isChosen ? 'true' : undefined}
      >
        {name}
      </Link>
      {status === 'ERROR' ? <span className="trouble"> ✕ failed</span> : null}
    </>
  )
}
