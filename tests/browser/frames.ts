import type { Page } from 'playwright-core'

export interface Frames {
  readonly count: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly worstMs: number
}

/** Scrolls the element through its whole length in so many frames, and measures the time from frame to frame. */
export async function scrollThrough(page: Page, selector: string, frames: number): Promise<Frames> {
  const gaps = (await page.evaluate(`new Promise((resolve) => {
    const place = document.querySelector(${JSON.stringify(selector)})
    const length = place.scrollHeight - place.clientHeight
    const gaps = []
    let last = performance.now()
    let frame = 0
    const next = (now) => {
      gaps.push(now - last)
      last = now
      frame += 1
      place.scrollTop = (length * frame) / ${frames}
      if (frame < ${frames}) requestAnimationFrame(next)
      else resolve(gaps)
    }
    requestAnimationFrame(next)
  })`)) as readonly number[]
  const sorted = gaps.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  return { count: gaps.length, medianMs: at(0.5), p95Ms: at(0.95), worstMs: at(1) }
}
