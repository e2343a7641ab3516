import { useEffect, useRef } from 'react'
import type { ChartOption, EChartsType } from './echarts.ts'

interface ChartProps {
  readonly option: ChartOption
  readonly height: number
  /** What it shows, for those who do not see it, and where the figures are. */
  readonly label: string
  /** Called with what was clicked: the `id` that a datum carries. */
  readonly onPick?: (id: string) => void
}

/** A chart on a canvas. ECharts is fetched when the first one is shown. */
export function Chart({ option, height, label, onPick }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const latest = useRef({ option, onPick })
  latest.current = { option, onPick }

  useEffect(() => {
    const element = place.current
    if (element === null) return
    let gone = false
    const sizes = new ResizeObserver(() => chart.current?.resize())
    void import('./echarts.ts').then(({ init }) => {
      if (gone) return
      const instance = init(element)
      instance.setOption(latest.current.option)
      instance.on('click', ({ data }) => {
        const id = (data as { id?: unknown } | null)?.id
        if (typeof id === 'string') latest.current.onPick?.(id)
      })
      chart.current = instance
      sizes.observe(element)
    })
    return () => {
      gone = true
      sizes.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [])

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true })
  }, [option])

  useEffect(() => {
    chart.current?.resize({ height })
  }, [height])

  return <div ref={place} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
