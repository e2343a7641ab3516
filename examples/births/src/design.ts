import { HOLIDAYS } from './calendar.ts'
import type { Features } from './features.ts'
import type { FeatureGroup } from './params.ts'

/** Where each group of columns begins in a row of the design matrix; column 0 is the intercept. */
export interface Design {
  readonly weekday: number | null
  readonly season: number | null
  readonly holiday: number | null
  readonly harmonics: number
  readonly columns: number
}

const DAYS_A_YEAR = 365.25

export function createDesign(groups: readonly FeatureGroup[], harmonics: number): Design {
  const widths = { weekday: 7, season: 2 * harmonics, holiday: HOLIDAYS.length - 1 }
  let columns = 1
  const place = (group: FeatureGroup): number | null => {
    if (!groups.includes(group)) return null
    columns += widths[group]
    return columns - widths[group]
  }
  const places = { weekday: place('weekday'), season: place('season'), holiday: place('holiday') }
  return { ...places, harmonics, columns }
}

/** One row of the design matrix. */
export function designRow(design: Design, features: Features): Float64Array {
  const row = new Float64Array(design.columns)
  row[0] = 1
  if (design.weekday !== null) row[design.weekday + features.weekday] = 1
  if (design.season !== null)
    row.set(seasonColumns(features.day_of_year, design.harmonics), design.season)
  if (design.holiday !== null && features.holiday > 0)
    row[design.holiday + features.holiday - 1] = 1
  return row
}

/** Cosine and sine of one, two, ... turns a year. */
export function seasonColumns(dayOfYear: number, harmonics: number): readonly number[] {
  return Array.from({ length: harmonics }, (_, index) => {
    const angle = (2 * Math.PI * (index + 1) * dayOfYear) / DAYS_A_YEAR
    return [Math.cos(angle), Math.sin(angle)]
  }).flat()
}
