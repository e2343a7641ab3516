import { useRef, type PointerEvent } from 'react'
import type { Range } from './range.ts'
import './zoom-by-drag.css'

/** A shorter movement is a click. */
const DRAG_PX = 5

interface ZoomByDrag {
  readonly range: Range
  /** Pixels of the picture left and right of its x axis. */
  readonly left: number
  readonly right: number
  readonly show: (range: Range) => void
  readonly reset: () => void
}

/** Drag over a picture to zoom it; a double click shows everything again. */
export function useZoomByDrag({ range, left, right, show, reset }: ZoomByDrag) {
  const selection = useRef<HTMLDivElement>(null)
  const start = useRef<number | null>(null)
  const dragged = useRef(false)

  const place = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const x = Math.min(Math.max(event.clientX - box.left, left), box.width - right)
    return { x, share: (x - left) / (box.width - left - right) }
  }
  const placeAt = (share: number) => range.from + share * (range.to - range.from)
  const draw = (from: number, to: number) => {
    const element = selection.current
    if (element === null) return
    element.hidden = Math.abs(to - from) < DRAG_PX
    element.style.left = `${Math.min(from, to)}px`
    element.style.width = `${Math.abs(to - from)}px`
  }

  return {
    selection,
    /** True for the click that ends a drag. */
    justDragged: () => dragged.current,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        dragged.current = false
        start.current = event.button === 0 && event.pointerType !== 'touch' ? place(event).x : null
      },
      onPointerMove: (event: PointerEvent) => {
        if (start.current !== null) draw(start.current, place(event).x)
      },
      onPointerUp: (event: PointerEvent) => {
        const from = start.current
        start.current = null
        draw(0, 0)
        if (from === null) return
        const { x, share } = place(event)
        if (Math.abs(x - from) < DRAG_PX) return
        dragged.current = true
        const width = event.currentTarget.getBoundingClientRect().width - left - right
        const ends = [placeAt((from - left) / width), placeAt(share)].toSorted((a, b) => a - b)
        show({ from: ends[0] ?? range.from, to: ends[1] ?? range.to })
      },
      onPointerLeave: () => {
        start.current = null
        draw(0, 0)
      },
      onDoubleClick: reset,
    },
  }
}
