import { FoldedTable } from './folded-table.tsx'
import { placeText } from './axes.ts'
import { metricText } from '../runs/columns.ts'
import type { Line } from './lines.ts'
import type { Along } from './look.ts'

const MOST_ROWS = 500

/** The figures behind the lines. */
export function PointsTable({ lines, along }: { lines: readonly Line[]; along: Along }) {
  if (lines.length === 0) return null
  return (
    <FoldedTable label="Points" heads={['Run', 'Where', 'Value']}>
      {() =>
        lines
          .flatMap(({ run, x, raw }) => x.map((at, index) => ({ run, at, value: raw[index] })))
          .slice(0, MOST_ROWS)
          .map(({ run, at, value }) => [
            run.name,
            placeText(at, along),
            value === null || value === undefined ? 'NaN' : metricText(value),
          ])
      }
    </FoldedTable>
  )
}
