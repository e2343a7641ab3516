import { toIso } from '../../base/time.ts'
import type {
  DriftPoint,
  QualityPoint as StoredPoint,
  TrafficPoint as StoredTraffic,
} from '../../capabilities/monitoring/index.ts'
import type { DriftCell, QualityPoint, TrafficPoint } from './contract.ts'

interface Buckets {
  readonly from: number
  readonly to: number
  readonly bucketMs: number
}

/** Windows are named by the time they end; the last one ends where the question does. */
export function endOf(at: number, { to, bucketMs }: Buckets): string {
  return toIso(Math.min(at + bucketMs, to))
}

/** Windows with one row have no interval: they are left out of the band. */
export function toQualityPoints(
  points: readonly StoredPoint[],
  buckets: Buckets,
): readonly QualityPoint[] {
  return points.flatMap(({ at, mean, lo, hi, n }) =>
    lo === null || hi === null ? [] : [{ at: endOf(at, buckets), value: mean, lo, hi, n }],
  )
}

export function toTrafficPoints(
  traffic: readonly StoredTraffic[],
  quality: readonly StoredPoint[],
  buckets: Buckets,
): readonly TrafficPoint[] {
  const labelled = new Map(quality.map(({ at, n }) => [at, n]))
  return traffic.map(({ at, requests, errors }) => ({
    at: endOf(at, buckets),
    answered: requests - errors,
    failed: errors,
    labelled: labelled.get(at) ?? 0,
  }))
}

/** The looks of a window as one cell a feature: the one that stood highest over its floor, so that nothing is averaged away. */
export function toDriftCells(
  points: readonly DriftPoint[],
  buckets: Buckets,
): readonly DriftCell[] {
  const highest = new Map<string, DriftCell>()
  for (const { at, column, score, floor } of points) {
    if (score === null || floor === null) continue
    const bucket = Math.floor((at - buckets.from) / buckets.bucketMs)
    const key = `${bucket} ${column}`
    const known = highest.get(key)
    if (known !== undefined && score - floor <= known.score - known.floor) continue
    const end = endOf(buckets.from + bucket * buckets.bucketMs, buckets)
    highest.set(key, { feature: column, at: end, score, floor })
  }
  return [...highest.values()]
}
