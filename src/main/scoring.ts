import type { InputColumns, MaturedRow, ScoreVersion } from '../automation/gating.ts'
import { RatchetError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { ModelVersion, Registry } from '../capabilities/registry/index.ts'
import { type Columns, scoreRows } from '../capabilities/serving/index.ts'

/** What a model does wrong by itself. Anything else, such as a full disk, is no verdict on it, and is thrown. */
const ITS_OWN_FAULT: readonly string[] = [
  'SERVING_INFERENCE_FAILED',
  'SERVING_INPUT_MISMATCH',
  'SERVING_OUTPUT_INVALID',
  'SERVING_REQUEST_INVALID',
  'SERVING_RUNNER_DIED',
  'SERVING_TIMEOUT',
]

/** Answers of a version for logged rows, in a process of its own. */
export function createScoring(registry: Registry): ScoreVersion {
  return async (version, rows) => {
    if (rows.length === 0) return { predictions: [], p99Ms: null }
    const modelPath = await registry.versionModelPath(version)
    const score = (some: readonly MaturedRow[]) => scoreAll(version, modelPath, some)
    return (await unlessItsFault(score(rows))) ?? (await rowByRow(score, rows))
  }
}

/** Some rows, or all, are more than it can take: which ones is part of the evidence. */
async function rowByRow(
  score: (rows: readonly MaturedRow[]) => ReturnType<typeof scoreAll>,
  rows: readonly MaturedRow[],
): Promise<Awaited<ReturnType<ScoreVersion>>> {
  const predictions: number[] = []
  for (const row of rows) {
    const scored = await unlessItsFault(score([row]))
    predictions.push(scored?.predictions[0] ?? Number.NaN)
  }
  return { predictions, p99Ms: null }
}

async function unlessItsFault<T>(scored: Promise<T>): Promise<T | null> {
  try {
    return await scored
  } catch (error) {
    if (error instanceof RatchetError && ITS_OWN_FAULT.includes(error.code)) return null
    throw error
  }
}

async function scoreAll(version: ModelVersion, modelPath: string, rows: readonly MaturedRow[]) {
  const inputs = columnsOf(rows) as Columns
  const { outputs, msPerRow } = await scoreRows({ modelPath, digest: version.digest, inputs })
  const [first] = Object.values(outputs)
  return { predictions: (first ?? []).map(firstNumber), p99Ms: msPerRow.p99 }
}

/** Logged inputs are one array a request; here they become one array an input. */
export function columnsOf(rows: readonly MaturedRow[]): InputColumns {
  const names = Object.keys(rows[0]?.inputs ?? {})
  return Object.fromEntries(
    names.map((name) => [name, rows.map(({ inputs }) => firstOf(inputs[name]))]),
  )
}

function firstOf(value: Json | undefined): Json {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return (first as Json | undefined) ?? null
}

function firstNumber(value: Json | undefined): number {
  const first = firstOf(value)
  return typeof first === 'number' ? first : Number.NaN
}
