import type { Quality } from '../../../src/edges/http/contract.ts'
import { metricName } from '../format/names.ts'
import { quantity } from '../format/numbers.ts'

const WIDTH = 210
const HEIGHT = 52
const PAD = 3

/** Quality over the last 8 weeks with its interval, against the guard (dotted). */
export function Sparkline({ quality }: { quality: Quality }) {
  const { points, guard, metric } = quality
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) {
    return <span className="muted small">no matured window yet</span>
  }
  const times = points.map(({ at }) => Date.parse(at))
  const x = scale(times, PAD, WIDTH - PAD)
  const y = scale(boundsOf(quality), HEIGHT - PAD, PAD)
  const line = points.map(({ value }, i) => `${x(times[i] ?? 0)},${y(value)}`)
  const band = [
    ...points.map(({ hi }, i) => `${x(times[i] ?? 0)},${y(hi)}`),
    ...points.map(({ lo }, i) => `${x(times[i] ?? 0)},${y(lo)}`).reverse(),
  ]
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${metricName(metric.name)} over ${points.length} windows: from ${quantity(first.value, metric.unit)} to ${quantity(last.value, metric.unit)}${guard === null ? '' : `, guard ${quantity(guard, metric.unit)}`}`}
    >
      <polygon points={band.join(' ')} fill="var(--accent)" opacity="0.14" />
      {guard === null ? null : (
        <line
          x1={PAD}
          x2={WIDTH - PAD}
          y1={y(guard)}
          y2={y(guard)}
          stroke="var(--bad)"
          strokeDasharray="2 3"
          opacity="0.75"
        />
      )}
      <polyline points={line.join(' ')} fill="none" stroke="var(--accent)" strokeWidth="1.6" />
      <circle cx={x(times.at(-1) ?? 0)} cy={y(last.value)} r="2.4" fill="var(--accent)" />
    </svg>
  )
}

/** The interval of a window with few rows would flatten all others: it is cut off. */
function boundsOf({ points, guard }: Quality): readonly number[] {
  const values = points.map(({ value }) => value)
  const known = guard === null ? values : [...values, guard]
  const margin = 0.3 * (Math.max(...known) - Math.min(...known))
  const least = Math.min(...points.map(({ lo }) => lo))
  const most = Math.max(...points.map(({ hi }) => hi))
  return [
    ...known,
    Math.max(least, Math.min(...values) - margin),
    Math.min(most, Math.max(...values) + margin),
  ]
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const min = Math.min(...values)
  const range = Math.max(...values) - min
  return (value) =>
    range === 0
      ? (from + to) / 2
      : Number((from + ((value - min) / range) * (to - from)).toFixed(1))
}
