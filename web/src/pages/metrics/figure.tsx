import type { ReactNode } from 'react'
import { Chart } from '../../charts/chart.tsx'
import { ChartFiles } from '../../charts/chart-files.tsx'
import type { ChartOption } from '../../charts/echarts.ts'
import type { Key } from '../../charts/picture.ts'
import type { Range } from '../../charts/range.ts'
import { useZoomByDrag } from '../../charts/zoom-by-drag.ts'
import { Failure } from '../../parts/states.tsx'
import { LEFT, RIGHT } from './axes.ts'
import type { LinesLook, LookChange } from './look.ts'
import type { Histories } from './use-histories.ts'
import './metrics.css'

interface MetricFigureProps {
  readonly metric: string
  readonly caption: string
  readonly label: string
  readonly option: ChartOption
  readonly histories: Histories
  readonly look: LinesLook
  readonly onLook: (change: LookChange) => void
  readonly legend: readonly Key[]
  readonly csv: string
  /** What is said when there is nothing to draw. */
  readonly empty: string
  /** The figures behind it. */
  readonly children: ReactNode
}

const HEIGHT_PX = 210

/** A chart of histories in its card: dragged over to look closer, taken away as a picture or as figures. */
export function MetricFigure(props: MetricFigureProps) {
  const { metric, caption, label, option, histories, look, onLook, legend, csv, empty } = props
  const { extent, zoom, error, isPending } = histories
  const drag = useZoomByDrag({
    range: zoom ?? extent ?? NOTHING,
    left: LEFT,
    right: RIGHT,
    show: (range) => onLook(stretchOf(range, look)),
    reset: () => onLook({ from: undefined, to: undefined }),
  })
  const isEmpty = extent === null
  return (
    <figure className="card metric-chart">
      <figcaption>
        <h3>{metric}</h3>
        <span className="muted small">
          {caption} {isEmpty ? null : <ChartFiles title={metric} legend={legend} csv={csv} />}
        </span>
      </figcaption>
      {error === null ? null : <Failure error={error} again={histories.again} />}
      {isEmpty && !isPending ? (
        <p className="muted small">{empty}</p>
      ) : (
        <div className="drawing" {...drag.handlers}>
          <Chart option={option} height={HEIGHT_PX} label={label} />
          <div className="selection" ref={drag.selection} hidden />
        </div>
      )}
      {props.children}
    </figure>
  )
}

const NOTHING: Range = { from: 0, to: 1 }

/** Steps and milliseconds are whole; a drag is not. */
function stretchOf({ from, to }: Range, { along }: LinesLook): LookChange {
  const [first, last] = [Math.floor(from), Math.ceil(to)]
  return along === 'step' && last - first < 2
    ? { from: first, to: first + 2 }
    : { from: first, to: last }
}
