import { day } from '../../format/times.ts'
import type { Range } from '../../charts/range.ts'
import { isWhole, moved, newest } from './range.ts'

interface RangeButtonsProps {
  readonly range: Range
  readonly extent: Range
  readonly show: (range: Range) => void
}

const STRETCHES = [
  { word: '5 years', days: 1826 },
  { word: '1 year', days: 365 },
  { word: '90 days', days: 90 },
]

/** The zoom by keyboard and finger. */
export function RangeButtons({ range, extent, show }: RangeButtonsProps) {
  const whole = isWhole(range, extent)
  return (
    <div className="range small">
      <span className="muted">
        {day(range.from)} to {day(range.to)}
        <span className="hint"> · drag to zoom all lanes</span>
      </span>
      <div role="group" aria-label="Time shown">
        <button
          type="button"
          className="button"
          aria-label="Earlier"
          disabled={whole || range.from <= extent.from}
          onClick={() => show(moved(range, extent, -0.5))}
        >
          ←
        </button>
        {STRETCHES.filter(({ days }) => days * 86_400_000 < extent.to - extent.from).map(
          ({ word, days }) => (
            <button
              key={word}
              type="button"
              className="button"
              onClick={() => show(newest(extent, days))}
            >
              {word}
            </button>
          ),
        )}
        <button type="button" className="button" aria-pressed={whole} onClick={() => show(extent)}>
          All
        </button>
        <button
          type="button"
          className="button"
          aria-label="Later"
          disabled={whole || range.to >= extent.to}
          onClick={() => show(moved(range, extent, 0.5))}
        >
          →
        </button>
      </div>
    </div>
  )
}
