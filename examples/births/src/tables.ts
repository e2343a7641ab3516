import { HOLIDAYS } from './calendar.ts'
import { seasonColumns, type Design } from './design.ts'
import { dayAt, featuresOf, type INPUTS } from './features.ts'

/** One term of the sum: a table of births, looked up by one input. */
export interface Term {
  readonly input: (typeof INPUTS)[number]
  readonly table: Float32Array
}

/** The fitted ridge as tables: births = intercept + table[weekday] + table[day_of_year] + … */
export interface TableModel {
  readonly intercept: number
  readonly terms: readonly Term[]
}

const LONGEST_YEAR = 366

/** Multiplies every column out with its weight, so that the model file is a few readable tables. */
export function toTables(design: Design, weights: Float64Array): TableModel {
  const terms: Term[] = []
  if (design.weekday !== null)
    terms.push({ input: 'weekday', table: slice(weights, design.weekday, 7) })
  if (design.season !== null)
    terms.push({ input: 'day_of_year', table: seasonTable(design, weights) })
  if (design.holiday !== null)
    terms.push({ input: 'holiday', table: holidayTable(weights, design.holiday) })
  return { intercept: weights[0] ?? 0, terms }
}

/**
 * The same model with the holidays laid out date by date, from 1969-01-01 to `lastDay`: one lookup
 * and no rules for moving holidays. Dates past the end of the table cannot be looked up.
 */
export function withExactCalendar(model: TableModel, lastDay: string): TableModel {
  const holidays = model.terms.find((term) => term.input === 'holiday')
  if (!holidays) return model
  const table = Float32Array.from(
    { length: featuresOf(lastDay).day_index + 1 },
    (_, index) => holidays.table[featuresOf(dayAt(index)).holiday] ?? 0,
  )
  const others = model.terms.filter((term) => term !== holidays)
  return { ...model, terms: [...others, { input: 'day_index', table }] }
}

const slice = (weights: Float64Array, from: number, count: number): Float32Array =>
  Float32Array.from(weights.subarray(from, from + count))

// "No holiday" is not a column of the design: its effect is nothing.
const holidayTable = (weights: Float64Array, from: number): Float32Array =>
  Float32Array.from([0, ...weights.subarray(from, from + HOLIDAYS.length - 1)])

function seasonTable(design: Design, weights: Float64Array): Float32Array {
  return Float32Array.from({ length: LONGEST_YEAR }, (_, day) =>
    seasonColumns(day, design.harmonics)
      .map((value, index) => value * (weights[(design.season ?? 0) + index] ?? 0))
      .reduce((sum, value) => sum + value, 0),
  )
}
