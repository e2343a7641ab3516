import { number } from '../../format/numbers.ts'
import { duration } from '../../format/times.ts'

/** How long work took: `0.42 ms`, `340 ms`, `12.3 s`, `4 min`. */
export function spent(ms: number): string {
  if (ms > 0 && ms < 10) return `${Number(ms.toPrecision(2))} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${number(ms / 1000)} s`
  return duration(ms)
}
