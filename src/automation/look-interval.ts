import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'

const UNITS = [
  { ms: HOUR_MS, of: 24, cron: (every: number) => `0 */${every} * * *` },
  { ms: MINUTE_MS, of: 60, cron: (every: number) => `*/${every} * * * *` },
  { ms: SECOND_MS, of: 60, cron: (every: number) => `*/${every} * * * * *` },
] as const

/** `5m` → a schedule that comes every five minutes; null for what does not divide its hour, minute or day evenly. */
export function cronOfInterval(ms: number): string | null {
  const unit = UNITS.find((candidate) => ms >= candidate.ms && ms % candidate.ms === 0)
  if (unit === undefined) return null
  const every = ms / unit.ms
  return every < unit.of && unit.of % every === 0 ? unit.cron(every) : null
}
