import { mkdirSync, writeFileSync } from 'node:fs'
import { readDeliveries, type DayOfBirths } from './deliveries.ts'
import { createDesign, designRow } from './design.ts'
import { addDays, featuresOf, INPUTS } from './features.ts'
import { writeOnnx } from './onnx.ts'
import { readParams, type Params } from './params.ts'
import { fitRidge } from './ridge.ts'
import { toTables, withExactCalendar, type TableModel } from './tables.ts'

const { model, metrics } = train(readParams())
mkdirSync('models', { recursive: true })
mkdirSync('metrics', { recursive: true })
writeFileSync('models/births.onnx', writeOnnx(model, { inputs: INPUTS, output: 'births' }))
writeFileSync('metrics/train.json', `${JSON.stringify(metrics, null, 2)}\n`)
console.log(`learned from ${metrics.rows} days, ${metrics.from} to ${metrics.until}`)

/** Fits the ridge on the window that ends on `train.until`. */
function train(params: Params) {
  const { until, window_days } = params.train
  const from = addDays(until, 1 - window_days)
  const delivered = readDeliveries('data/births', from)
  const days = delivered.filter(({ day }) => day <= until)
  if (days.length === 0) throw new Error(`no data from ${from} to ${until} in data/births`)
  const lastDay = delivered.at(-1)?.day ?? until
  return { model: fit(params, days, lastDay), metrics: { rows: days.length, from, until } }
}

function fit(params: Params, days: readonly DayOfBirths[], lastDay: string): TableModel {
  const { l2, season_harmonics, calendar } = params.train
  const design = createDesign(params.features, season_harmonics)
  const rows = days.map(({ day }) => designRow(design, featuresOf(day)))
  const births = days.map((row) => row.births)
  const model = toTables(design, fitRidge(rows, births, l2))
  return calendar === 'exact' ? withExactCalendar(model, lastDay) : model
}
