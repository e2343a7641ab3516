import { maturedRows } from '../capabilities/monitoring/index.ts'
import type { BaselineSeries } from '../edges/http/deps.ts'
import type { Foundation } from './foundation.ts'
import { createScoring } from './scoring.ts'

const FIRST_VERSION = 1
const MOST_ROWS = 100_000
// A picture of years does not change within a minute of them.
const KEPT = 8

/**
 * The first version as it would have answered everything since, had nobody touched it: scored on the logged requests, in a
 * process of its own, and compared with the truths. Kept by the rows it was made from, because people zoom.
 */
export function createBaseline(foundation: Foundation): BaselineSeries {
  const score = createScoring(foundation.registry)
  const kept = new Map<string, Awaited<ReturnType<BaselineSeries>>>()
  return async ({ model, from, to, bucketMs }) => {
    const first = await foundation.registry.getVersion(model, FIRST_VERSION).catch(() => null)
    if (first === null || first.digest === null) return null
    const { query } = foundation.database
    const rows = await maturedRows(query, { model, from, to, limit: MOST_ROWS })
    const last = rows.at(-1)
    if (last === undefined) return null
    const key = [model, from, bucketMs, rows.length, last.id].join(' ')
    const known = kept.get(key)
    if (known !== undefined) return known
    const { predictions } = await score(first, rows)
    const sums = new Map<number, { sum: number; n: number }>()
    for (const [index, row] of rows.entries()) {
      const error = Math.abs((predictions[index] ?? Number.NaN) - row.label)
      if (Number.isNaN(error)) continue
      const bucket = Math.floor((row.at - from) / bucketMs)
      const { sum, n } = sums.get(bucket) ?? { sum: 0, n: 0 }
      sums.set(bucket, { sum: sum + error, n: n + 1 })
    }
    const points = [...sums]
      .toSorted(([a], [b]) => a - b)
      .map(([bucket, { sum, n }]) => ({ at: from + bucket * bucketMs, value: sum / n }))
    if (kept.size >= KEPT) kept.clear()
    kept.set(key, points)
    return points
  }
}
