import { toColumn } from './columns.ts'
import { servingErrors } from './errors.ts'
import { bindInputs } from './inputs.ts'
import { createRunnerPool } from './runner-pool.ts'
import type { Runner } from './runtimes/runner.ts'
import type { Column, Columns } from './spool-records.ts'
import { parseTensorData } from './tensor-data.ts'
import type { ModelSignature, Tensor, TensorSpec } from './tensors.ts'

export interface ScoreOptions {
  readonly modelPath: string
  /** SHA-256 of the file; left out, it is not checked. */
  readonly digest?: string | null
  /** Columns by the model's input names, one entry a row. Columns that it does not ask for are left alone. */
  readonly inputs: Columns
  /** One output of several; all when left out. */
  readonly outputName?: string
  /** For each run of the model; 10 s when left out. */
  readonly timeoutMs?: number
}

export interface Scores {
  readonly rows: number
  /** By output name, one entry a row. */
  readonly outputs: Columns
  /** Milliseconds inside the model for one row at a time, over up to 200 of the rows; 0 without rows. */
  readonly msPerRow: { readonly p50: number; readonly p99: number }
}

const pool = createRunnerPool({ size: 2, idleMs: 5_000, loadTimeoutMs: 20_000 })
const TIMEOUT_MS = 10_000
const MOST_TIMED_ROWS = 200
const WARM_UP_ROWS = 10

/**
 * What the model declares, found by loading it in a process of its own and computing one row of zeros.
 * Throws SERVING_MODEL_CORRUPT, _UNSUPPORTED or _UNREADABLE, SERVING_INFERENCE_FAILED, SERVING_RUNNER_DIED,
 * SERVING_TIMEOUT.
 */
export async function inspectModel(
  modelPath: string,
  digest: string | null = null,
): Promise<ModelSignature> {
  return pool.use({ modelPath, digest }, async (runner) => runner.signature)
}

/**
 * Answers of a model for many rows, outside of serving: for gates and backtests. In a process of its own, so
 * that a model which crashes or hangs is an error and no more. Throws as `inspectModel` does, and
 * SERVING_INPUT_MISMATCH or SERVING_REQUEST_INVALID on columns that the model does not take.
 */
export async function scoreRows(options: ScoreOptions): Promise<Scores> {
  const { modelPath, digest = null, inputs, outputName, timeoutMs = TIMEOUT_MS } = options
  return pool.use({ modelPath, digest }, async (runner) => {
    const { signature } = runner
    const names = wantedOutputs(signature, outputName)
    const rows = rowCount(signature, inputs)
    const ask = async (from: number, to: number) => {
      const tensors = signature.inputs.map((spec) => columnTensor(spec, inputs, { from, to }))
      return runner.run(bindInputs(signature.inputs, tensors), timeoutMs)
    }
    const times = await timeRows(ask, rows)
    const bites = takesManyRows(signature) ? [[0, rows] as const] : eachRow(rows)
    const parts: (readonly Tensor[])[] = []
    for (const [from, to] of bites) if (to > from) parts.push((await ask(from, to)).outputs)
    return { rows, outputs: joined(names, parts), msPerRow: times }
  })
}

type Ask = (from: number, to: number) => ReturnType<Runner['run']>

async function timeRows(ask: Ask, rows: number): Promise<Scores['msPerRow']> {
  const times: number[] = []
  // The first rows pay for what a process does once.
  for (let row = 0; row < Math.min(rows, WARM_UP_ROWS); row++) await ask(row, row + 1)
  for (let row = 0; row < Math.min(rows, MOST_TIMED_ROWS); row++)
    times.push((await ask(row, row + 1)).ms)
  const sorted = times.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { p50: quantile(0.5), p99: quantile(0.99) }
}

function takesManyRows({ inputs }: ModelSignature): boolean {
  return inputs.every(({ shape }) => typeof shape[0] === 'string')
}

function eachRow(rows: number): readonly (readonly [number, number])[] {
  return Array.from({ length: rows }, (_, row) => [row, row + 1] as const)
}

function rowCount({ inputs: specs }: ModelSignature, inputs: Columns): number {
  const [first, ...others] = specs.map(({ name }) => inputs[name]?.length ?? 0)
  if (first !== undefined && others.every((length) => length === first)) return first
  const lengths = specs.map(({ name }) => `${name} ${inputs[name]?.length ?? 'missing'}`)
  throw servingErrors.SERVING_INPUT_MISMATCH({
    detail: `the columns differ in length: ${lengths.join(', ')}`,
    path: 'inputs',
  })
}

function columnTensor(
  spec: TensorSpec,
  inputs: Columns,
  { from, to }: { from: number; to: number },
): Tensor {
  const { name, datatype } = spec
  const values = (inputs[name] ?? []).slice(from, to).flat()
  const rows = to - from
  const [, ...inner] = spec.shape
  const width = rows === 0 ? 0 : values.length / rows
  // One inner dimension may be free: it is what the values leave.
  const known = inner.reduce<number>(
    (product, size) => product * (typeof size === 'number' ? size : 1),
    1,
  )
  const sizes = inner.map((size) => (typeof size === 'number' ? size : width / known))
  const shape = spec.shape.length === 0 ? [] : [rows, ...sizes]
  return { name, datatype, shape, data: parseTensorData(datatype, values, `inputs.${name}`) }
}

function wantedOutputs({ outputs }: ModelSignature, name: string | undefined): readonly string[] {
  const names = outputs.map((output) => output.name)
  if (name === undefined) return names
  if (names.includes(name)) return [name]
  throw servingErrors.SERVING_INPUT_MISMATCH({
    detail: `the model has no output ${name}; it has ${names.join(', ')}`,
    path: 'outputName',
  })
}

function joined(names: readonly string[], parts: readonly (readonly Tensor[])[]): Columns {
  const columns = names.map((name): readonly [string, Column] => [
    name,
    parts.flatMap((part) => {
      const output = part.find((tensor) => tensor.name === name)
      return output === undefined ? [] : toColumn(output)
    }),
  ])
  return Object.fromEntries(columns)
}
