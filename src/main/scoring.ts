import type { InputColumns, MaturedRow, ScoreVersion } from '../automation/gating.ts'
import type { Json } from '../base/json.ts'
import type { ModelVersion, Registry } from '../capabilities/registry/index.ts'
import { type Columns, scoreRows } from '../capabilities/serving/index.ts'

/** Answers of a version for logged rows, in a process of its own. */
export function createScoring(registry: Registry): ScoreVersion {
  return async (version, rows) => {
    if (rows.length === 0) return { predictions: [], p99Ms: null }
    const modelPath = await registry.versionModelPath(version)
    try {
      return await scoreAll(version, modelPath, rows)
    } catch {
      // Some rows, or all, are more than it can take: which ones is part of the evidence.
      const predictions: number[] = []
      for (const row of rows)
        predictions.push(
          await scoreAll(version, modelPath, [row]).then(
            ({ predictions: [only] }) => only ?? Number.NaN,
            () => Number.NaN,
          ),
        )
      return { predictions, p99Ms: null }
    }
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
