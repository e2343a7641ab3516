const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365.25 * DAY

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** `2 Nov 1988`, in UTC. */
export function day(iso: string | number): string {
  return dayFormat.format(new Date(iso))
}

/** `1988-12-31`. */
export function isoDay(iso: string | number): string {
  return new Date(iso).toISOString().slice(0, 10)
}

/** `1988-12-31 06:00:00.000 UTC`: the exact time behind a relative one. */
export function exact(iso: string | number): string {
  return new Date(iso).toISOString().replace('T', ' ').replace('Z', ' UTC')
}

/** `41 days`, `3 h`: how long, in the one unit that matters. */
export function duration(ms: number): string {
  const length = Math.abs(ms)
  if (length < MINUTE) return 'under a minute'
  if (length < 90 * MINUTE) return `${Math.round(length / MINUTE)} min`
  if (length < 2 * DAY) return `${Math.round(length / HOUR)} h`
  if (length < 1.5 * YEAR) return `${Math.round(length / DAY)} days`
  return `${(length / YEAR).toFixed(1)} years`
}

/**
 * `41 days ago`, `in 3 h`, `just now`, seen from project time. Of what is years ahead, only the date says something:
 * a replay lives in another time than Git and shells do.
 */
export function relative(iso: string, now: number): string {
  const away = Date.parse(iso) - now
  if (Math.abs(away) < MINUTE) return 'just now'
  if (away > 1.5 * YEAR) return day(iso)
  return away > 0 ? `in ${duration(away)}` : `${duration(away)} ago`
}

/** The left margin of a list of events: close ones by the clock, older ones by the day. */
export function stamp(iso: string, now: number): string {
  const at = Date.parse(iso)
  const days = Math.floor(now / DAY) - Math.floor(at / DAY)
  const clock = new Date(at).toISOString().slice(11, 16)
  if (days === 0) return `today ${clock}`
  if (days === 1) return `yesterday ${clock}`
  return day(iso)
}
