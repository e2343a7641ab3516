/** The project's time in milliseconds since 1970, UTC. In a replay project only the API moves it. */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

export interface ManualClock extends Clock {
  set(ms: number): void
  advance(ms: number): void
}

/** A clock that stands still until it is moved: replay projects and tests. */
export function manualClock(startMs: number): ManualClock {
  let current = startMs
  return {
    now: () => current,
    set: (ms) => {
      current = ms
    },
    advance: (ms) => {
      current += ms
    },
  }
}

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** RFC 3339 in UTC with milliseconds, as all our interfaces write times. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString()
}

/** The calendar date in UTC: `1971-01-31`. */
export function toDate(ms: number): string {
  return toIso(ms).slice(0, 10)
}

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Milliseconds of an ISO 8601 date or time; a time without a zone is UTC. `null` when it is not one. */
export function parseTime(text: string): number | null {
  if (!ISO.test(text)) return null
  const hasZone = text.length <= 10 || /(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
  const ms = Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(ms)) return null
  // Date.parse rolls 1971-02-30 over to March; the calendar does not have that day.
  if (text.length === 10 && toDate(ms) !== text) return null
  return ms
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
}

/** Milliseconds of `90d`, `10m`, `1.5h`, `250ms`; units ms, s, m, h, d, w. `null` when it is not one. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim())
  const unit = match?.[2] === undefined ? undefined : UNIT_MS[match[2]]
  return match?.[1] === undefined || unit === undefined ? null : Number(match[1]) * unit
}

/** The shortest usual form: `90d`, `36h`, `1.5s`. */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms >= (UNIT_MS[name] ?? 1)) ?? 'ms'
  const value = ms / (UNIT_MS[unit] ?? 1)
  return `${Number.isInteger(value) ? value : Number(value.toFixed(1))}${unit}`
}
