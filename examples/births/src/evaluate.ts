import { mkdirSync, writeFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { readDeliveries, type DayOfBirths } from './deliveries.ts'
import { addDays, featuresOf, INPUTS } from './features.ts'
import { readParams, type Params } from './params.ts'

const { days, heldOut } = daysToScore(readParams())
const errors = (await predict(days)).map((births, index) => births - (days[index]?.births ?? 0))
const metrics = {
  rows: days.length,
  from: days[0]?.day,
  to: days.at(-1)?.day,
  held_out: heldOut,
  mae: round(mean(errors.map(Math.abs))),
  bias: round(mean(errors)),
  worst: round(Math.max(...errors.map(Math.abs))),
}
mkdirSync('metrics', { recursive: true })
writeFileSync('metrics/evaluate.json', `${JSON.stringify(metrics, null, 2)}\n`)
console.log(`mean absolute error ${metrics.mae} over ${metrics.rows} days`)

/** The newest days after the training window; where there are none, the last days inside it. */
function daysToScore({ train, evaluate }: Params) {
  const known = readDeliveries('data/births', addDays(train.until, 1 - evaluate.days))
  const later = known.filter(({ day }) => day > train.until)
  return {
    days: (later.length > 0 ? later : known).slice(-evaluate.days),
    heldOut: later.length > 0,
  }
}

async function predict(rows: readonly DayOfBirths[]): Promise<readonly number[]> {
  const session = await InferenceSession.create('models/births.onnx', { intraOpNumThreads: 1 })
  const features = rows.map(({ day }) => featuresOf(day))
  const feeds = INPUTS.map((name) => {
    const values = BigInt64Array.from(features, (row) => BigInt(row[name]))
    return [name, new Tensor('int64', values, [rows.length, 1])] as const
  })
  const { births } = await session.run(Object.fromEntries(feeds))
  return Array.from((births?.data ?? []) as Float32Array)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
