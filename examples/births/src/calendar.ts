/** The days on which fewer (or more) children are born than the weekday and the season say. */
export const HOLIDAYS = [
  'none',
  'new_years_day',
  'day_after_new_year',
  'memorial_day',
  'independence_day',
  'beside_independence_day',
  'labor_day',
  'thanksgiving',
  'day_after_thanksgiving',
  'christmas_eve',
  'christmas_day',
  'day_after_christmas',
  'new_years_eve',
  'presidents_day',
] as const

export type Holiday = (typeof HOLIDAYS)[number]

const FIXED: Readonly<Record<string, Holiday>> = {
  '01-01': 'new_years_day',
  '01-02': 'day_after_new_year',
  '07-03': 'beside_independence_day',
  '07-04': 'independence_day',
  '07-05': 'beside_independence_day',
  '12-24': 'christmas_eve',
  '12-25': 'christmas_day',
  '12-26': 'day_after_christmas',
  '12-31': 'new_years_eve',
}

const MONDAY = 1
const THURSDAY = 4
// The Uniform Monday Holiday Act moved two of them, from 1971 on.
const MONDAY_ACT_YEAR = 1971

/** The holiday on a day (UTC), or `none`. */
export function holidayOn(date: Date): Holiday {
  return FIXED[date.toISOString().slice(5, 10)] ?? movingHoliday(date)
}

function movingHoliday(date: Date): Holiday {
  const day = date.getUTCDate()
  const year = date.getUTCFullYear()
  const moved = year >= MONDAY_ACT_YEAR
  switch (date.getUTCMonth() + 1) {
    case 2:
      return day === (moved ? nthWeekday(year, 2, MONDAY, 3) : 22) ? 'presidents_day' : 'none'
    case 5:
      return day === (moved ? lastWeekday(year, 5, MONDAY) : 30) ? 'memorial_day' : 'none'
    case 9:
      return day === nthWeekday(year, 9, MONDAY, 1) ? 'labor_day' : 'none'
    case 11:
      return aroundThanksgiving(day, nthWeekday(year, 11, THURSDAY, 4))
    default:
      return 'none'
  }
}

function aroundThanksgiving(day: number, thanksgiving: number): Holiday {
  if (day === thanksgiving) return 'thanksgiving'
  return day === thanksgiving + 1 ? 'day_after_thanksgiving' : 'none'
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  return 1 + ((weekday - first + 7) % 7) + 7 * (nth - 1)
}

function lastWeekday(year: number, month: number, weekday: number): number {
  const last = new Date(Date.UTC(year, month, 0))
  return last.getUTCDate() - ((last.getUTCDay() - weekday + 7) % 7)
}
