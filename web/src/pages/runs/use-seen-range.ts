import { useCallback, useEffect, useRef, useState } from 'react'
import type { LineRange } from './line-pages.ts'
import { PAGE_ROWS } from './lines.ts'

const SETTLE_MS = 70
const FIRST: LineRange = { from: 0, to: 60 }

/**
 * The lines whose runs are wanted. Whoever scrolls past a thousand pages does not want them: what is asked for is
 * where one stays, and until then nothing is drawn anew for it.
 */
export function useSeenRange(): {
  readonly range: LineRange
  readonly see: (range: LineRange) => void
} {
  const [range, setRange] = useState(FIRST)
  const settled = useRef(FIRST)
  const timer = useRef<number | undefined>(undefined)
  const see = useCallback(({ from, to }: LineRange) => {
    window.clearTimeout(timer.current)
    if (from === settled.current.from && to === settled.current.to) return
    const isNear = Math.abs(from - settled.current.from) < PAGE_ROWS / 2
    timer.current = window.setTimeout(
      () => {
        settled.current = { from, to }
        setRange(settled.current)
      },
      isNear ? 0 : SETTLE_MS,
    )
  }, [])
  useEffect(() => () => window.clearTimeout(timer.current), [])
  return { range, see }
}
