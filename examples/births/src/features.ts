import { HOLIDAYS, holidayOn } from './calendar.ts'

/** What a caller sends for one day: the inputs of the model, each an INT64 tensor of shape [rows, 1]. */
export interface Features {
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number
  /** 0 on January 1, 365 at most. */
  readonly day_of_year: number
  /** Position in `HOLIDAYS`; 0 is no holiday. */
  readonly holiday: number
  /** Days since 1969-01-01. In the signature so that a model may use the date itself. */
  readonly day_index: number
}

export const INPUTS = ['weekday', 'day_of_year', 'holiday', 'day_index'] as const

const DAY_MS = 86_400_000
const FIRST_DAY_MS = Date.UTC(1969, 0, 1)

/** The features of a day written as `1971-03-14`. Training and callers share this one function. */
export function featuresOf(day: string): Features {
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) throw new Error(`not a date: ${day} (expected 1971-03-14)`)
  return {
    weekday: date.getUTCDay(),
    day_of_year: (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS,
    holiday: HOLIDAYS.indexOf(holidayOn(date)),
    day_index: (date.getTime() - FIRST_DAY_MS) / DAY_MS,
  }
}

/** The day `count` days after `day`. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10)
}

/** The day whose `day_index` this is. */
export function dayAt(dayIndex: number): string {
  return addDays('1969-01-01', dayIndex)
}
