import { toIso } from '../../base/time.ts'

const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A time that a client chose: any whole number goes in, so one that is no time of a calendar is cut to its end. */
export function clientTime(ms: number): string {
  return toIso(Math.min(Math.max(ms, 0), LATEST_MS))
}

export function clientTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : clientTime(ms)
}
