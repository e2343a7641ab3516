import { useQuery } from '@tanstack/react-query'
import type { DataOverlay } from '../../../../src/edges/http/contract.ts'
import { type Compared, dataQueries } from '../../api/data-queries.ts'
import { percent } from '../../format/numbers.ts'
import { Loaded } from '../../parts/states.tsx'
import '../../parts/small-table.css'

const WIDTH = 320
const HEIGHT = 110

interface OverlayProps {
  readonly compared: Compared
  readonly column: string
}

/** One column of both versions: the earlier as grey ground, the later as a line. */
export function Overlay({ compared, column }: OverlayProps) {
  const query = useQuery({ ...dataQueries.overlay(compared, column), retry: false })
  return (
    <figure className="card overlay">
      <figcaption>
        <strong>{column}</strong>
        <span className="muted small">
          <i className="swatch was" /> was <i className="swatch is" /> is
        </span>
      </figcaption>
      <Loaded query={query} what={`the values of ${column}`}>
        {(overlay) => (
          <>
            {overlay.kind === 'number' ? (
              <Histogram overlay={overlay} />
            ) : (
              <Values overlay={overlay} />
            )}
            <details>
              <summary>Figures</summary>
              <Figures overlay={overlay} />
            </details>
          </>
        )}
      </Loaded>
    </figure>
  )
}

function Histogram({ overlay: { column, bins } }: { overlay: DataOverlay }) {
  const most = Math.max(...bins.flatMap(({ from, to }) => [from, to]), 1e-9)
  const step = WIDTH / Math.max(1, bins.length)
  const y = (share: number): number => HEIGHT - (share / most) * (HEIGHT - 6)
  const line = bins.flatMap(({ to }, index) => [
    `${index * step},${y(to)}`,
    `${(index + 1) * step},${y(to)}`,
  ])
  const [first, last] = [bins[0]?.label.split(' to ')[0], bins.at(-1)?.label.split(' to ')[1]]
  return (
    <>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${column} from ${first ?? ''} to ${last ?? ''}, both versions; the figures are below`}
        preserveAspectRatio="none"
      >
        {bins.map(({ label, from, to }, index) => (
          <rect
            key={label}
            x={index * step}
            width={step}
            y={y(from)}
            height={HEIGHT - y(from)}
            className="was"
          >
            <title>{`${label}: was ${percent(from)}, is ${percent(to)}`}</title>
          </rect>
        ))}
        <polyline points={line.join(' ')} className="is" />
      </svg>
      <div className="ends muted small">
        <span>{first}</span>
        <span>{last}</span>
      </div>
    </>
  )
}

function Values({ overlay: { column, bins } }: { overlay: DataOverlay }) {
  const most = Math.max(...bins.flatMap(({ from, to }) => [from, to]), 1e-9)
  return (
    <ul className="values" aria-label={`Values of ${column}`}>
      {bins.map(({ label, from, to }) => (
        <li key={label} title={`${label}: was ${percent(from)}, is ${percent(to)}`}>
          <span className="label small">{label}</span>
          <span className="pair" aria-hidden="true">
            <i className="was" style={{ width: `${(from / most) * 100}%` }} />
            <i className="is" style={{ width: `${(to / most) * 100}%` }} />
          </span>
          <span className="small muted nowrap">{percent(to)}</span>
        </li>
      ))}
    </ul>
  )
}

function Figures({ overlay: { column, bins } }: { overlay: DataOverlay }) {
  return (
    <table className="small-table">
      <caption className="visually-hidden">Shares of rows by {column}</caption>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Was</th>
          <th scope="col">Is</th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ label, from, to }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{percent(from)}</td>
            <td>{percent(to)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
