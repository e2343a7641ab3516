import { Link } from '@tanstack/react-router'
import type { TraceSpan } from '../../../../src/edges/http/contract.ts'
import { spent } from '../pipelines/spent.ts'
import '../../parts/data-table.css'
import '../pipeline-run/pipeline-run-page.css'

/** When each step began and how long it took: a table whose last column is the chart. */
export function Waterfall({ spans, chosen }: { spans: readonly TraceSpan[]; chosen: string }) {
  const ends = spans.map(({ start_ms: start, duration_ms: ms }) => start + (ms ?? 0))
  const lengthMs = Math.max(0.001, ...ends)
  return (
    <div className="card scroll" role="region" aria-label="Steps of the trace" tabIndex={0}>
      <table className="table gantt">
        <caption className="visually-hidden">Steps of the trace</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Kind</th>
            <th scope="col" className="end">
              Took
            </th>
            <th scope="col" className="time">
              <span className="axis">
                <span>0</span>
                <span>{brief(lengthMs)}</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {spans.map((span) => (
            <Row key={span.id} span={span} lengthMs={lengthMs} isChosen={span.id === chosen} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly span: TraceSpan
  readonly lengthMs: number
  readonly isChosen: boolean
}

function Row({ span, lengthMs, isChosen }: RowProps) {
  const { id, name, type, depth, start_ms: start, duration_ms: ms, status } = span
  const kind = status === 'ERROR' ? 'failed' : ms === null ? 'running' : 'ran'
  return (
    <tr className={isChosen ? 'chosen' : undefined}>
      <th scope="row" style={{ paddingLeft: 18 + Math.min(depth, 12) * 18 }}>
        <Link
          to="."
          search={{ span: id }}
          resetScroll={false}
          aria-current={isChosen ? 'true' : undefined}
        >
          {name}
        </Link>
        {status === 'ERROR' ? <span className="trouble"> ✕ failed</span> : null}
      </th>
      <td className="muted small">{type?.toLowerCase() ?? ''}</td>
      <td className="end nowrap">{ms === null ? '–' : brief(ms)}</td>
      <td className="time">
        <span
          className={`bar ${kind}`}
          style={{
            left: `${(start / lengthMs) * 100}%`,
            width: `max(3px, ${((ms ?? lengthMs - start) / lengthMs) * 100}%)`,
          }}
        />
      </td>
    </tr>
  )
}

/** Steps may take less than a millisecond. */
export function brief(ms: number): string {
  return ms > 0 && ms < 10 ? `${Number(ms.toPrecision(2))} ms` : spent(ms)
}
