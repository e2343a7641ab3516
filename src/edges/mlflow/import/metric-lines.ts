import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { NewMetric } from '../../../capabilities/tracking/index.ts'

/** A line `time value step` of a metric's file; with data `time value step name digest`. `null` when it is none. */
export function parseMetricLine(key: string, line: string): NewMetric | null {
  const parts = line.trim().split(' ')
  if (![2, 3, 5].includes(parts.length)) return null
  const [at = '', value = '', step = '0', datasetName, datasetDigest] = parts
  const metric = { key, at: Number(at), value: pythonNumber(value), step: Number(step) }
  if (!isWhole(at) || !isWhole(step) || value === '') return null
  if (Number.isNaN(metric.value) && value.toLowerCase() !== 'nan') return null
  return { ...metric, datasetName, datasetDigest }
}

/** A line of a logged model's metric: the run that measured it comes fourth; a data set's name may hold blanks. */
export function parseModelMetricLine(
  key: string,
  line: string,
): { readonly runId: string; readonly metric: NewMetric } | null {
  const [at = '', value = '', step = '', runId = '', ...data] = line.trim().split(' ')
  const metric = parseMetricLine(key, `${at} ${value} ${step}`)
  if (metric === null || runId === '') return null
  const [datasetName, datasetDigest] =
    data.length < 2 ? [undefined, undefined] : [data.slice(0, -1).join(' '), data.at(-1)]
  return { runId, metric: { ...metric, datasetName, datasetDigest } }
}

function isWhole(text: string): boolean {
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))
}

/** `nan`, `inf` and `-Infinity` as Python writes them. */
export function pythonNumber(text: string): number {
  const word = text.toLowerCase()
  if (word === 'inf' || word === 'infinity') return Number.POSITIVE_INFINITY
  if (word === '-inf' || word === '-infinity') return Number.NEGATIVE_INFINITY
  return Number(text)
}

/** The lines of a file that are not empty, whatever its size. */
export async function* linesOf(file: string): AsyncIterable<string> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })
  for await (const line of lines) if (line.trim() !== '') yield line
}
