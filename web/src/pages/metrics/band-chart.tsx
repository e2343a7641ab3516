import { useMemo } from 'react'
import { historyCsvAddress } from '../../api/tracking-queries.ts'
import { seriesLook, usePalette } from '../../charts/palette.ts'
import { placeText } from './axes.ts'
import { type Band, bandOf } from './bands.ts'
import { bandsOption } from './bands-option.ts'
import { MetricFigure } from './figure.tsx'
import { FoldedTable } from './folded-table.tsx'
import type { Drawn } from './lines.ts'
import type { LinesLook, LookChange } from './look.ts'
import { useHistories } from './use-histories.ts'
import { metricText } from '../runs/columns.ts'

const POINTS = 120
const MOST_ROWS = 500

/** Runs that have something in common, drawn as one. */
export interface DrawnGroup extends Drawn {
  readonly runs: readonly Drawn[]
}

interface BandChartProps {
  readonly metric: string
  readonly groups: readonly DrawnGroup[]
  readonly look: LinesLook
  readonly onLook: (change: LookChange) => void
  readonly isMoving: boolean
}

/** One metric of groups of runs: the mean of each, and how far its runs lie apart or how sure the mean is. */
export function BandChart({ metric, groups, look, onLook, isMoving }: BandChartProps) {
  const palette = usePalette()
  const sets = useMemo(() => groups.map(({ runs }) => runs), [groups])
  const histories = useHistories(sets, { metric, points: POINTS, look, isMoving })
  const { lines, zoom } = histories
  const bands = useMemo(
    () =>
      groups
        .map((group, index) => bandOf(group, lines[index] ?? [], look.band))
        .filter(({ x }) => x.length > 0),
    [groups, lines, look.band],
  )
  const option = useMemo(
    () => bandsOption(bands, { look, zoom }, palette),
    [bands, look, zoom, palette],
  )
  return (
    <MetricFigure
      metric={metric}
      caption={WORDS[look.band]}
      label={`${metric} of ${bands.length} groups, ${WORDS[look.band]}; the figures are in the table below`}
      option={option}
      histories={histories}
      look={look}
      onLook={onLook}
      legend={bands.map(({ group }) => ({
        name: group.name,
        colour: seriesLook(palette, group.place).colour,
      }))}
      csv={historyCsvAddress(
        sets.flat().map(({ id }) => id),
        metric,
      )}
      empty={look.log ? 'Nothing above 0 was logged.' : 'None of these runs has logged it.'}
    >
      <BandTable bands={bands} look={look} />
    </MetricFigure>
  )
}

const WORDS = {
  range: 'mean, least to greatest',
  interval: 'mean, 95 % interval',
  none: 'mean',
} as const

function BandTable({ bands, look }: { bands: readonly Band[]; look: LinesLook }) {
  if (bands.length === 0) return null
  return (
    <FoldedTable label="Means" heads={['Group', 'Where', 'Mean', 'Low', 'High', 'Runs']}>
      {() =>
        bands
          .flatMap(({ group, x, mean, low, high, runs }) =>
            x.map((at, index) => [
              group.name,
              placeText(at, look.along),
              ...[mean, low, high].map((values) => metricText(values[index] ?? 0)),
              String(runs[index] ?? 0),
            ]),
          )
          .slice(0, MOST_ROWS)
      }
    </FoldedTable>
  )
}
