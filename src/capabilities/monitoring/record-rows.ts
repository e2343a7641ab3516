import { CompiledQuery } from 'kysely'
import type { Json } from '../../base/json.ts'
import type { Tx } from '../../storage/database/port.ts'
import type { Columns, PredictionRecord } from './schema.ts'

const COLUMNS = [
  'id',
  'endpoint',
  'model',
  'version',
  'arm',
  'key',
  'at',
  'inputs',
  'output',
  'outputs',
  'ms',
  'status',
  'error',
  'rollout_id',
  'canary_error',
] as const

// A few sizes only, so that the database's cache of prepared statements holds all of them.
const BATCHES = [100, 10, 1] as const
const STATEMENTS = {
  sqlite: new Map(BATCHES.map((rows) => [rows, insertText(rows, () => '?')])),
  postgres: new Map(BATCHES.map((rows) => [rows, insertText(rows, (index) => `$${index + 1}`)])),
}

/**
 * Appends to the log; ids already there are left alone. Written as text because building the same large statement
 * anew for each batch costs more than running it.
 */
export async function insertPredictions(
  tx: Tx,
  dialect: 'sqlite' | 'postgres',
  records: readonly PredictionRecord[],
): Promise<void> {
  let start = 0
  for (const size of BATCHES) {
    const text = STATEMENTS[dialect].get(size) ?? ''
    for (; start + size <= records.length; start += size) {
      const values = records.slice(start, start + size).flatMap(rowValues)
      await tx.executeQuery(CompiledQuery.raw(text, values))
    }
  }
}

function insertText(rows: number, placeholder: (index: number) => string): string {
  const row = (number: number): string =>
    `(${COLUMNS.map((_, index) => placeholder(number * COLUMNS.length + index)).join(',')})`
  const values = Array.from({ length: rows }, (_, number) => row(number)).join(',')
  const names = COLUMNS.map((name) => `"${name}"`).join(',')
  return `insert into monitoring_predictions (${names}) values ${values} on conflict (id) do nothing`
}

function rowValues(record: PredictionRecord): unknown[] {
  return [
    record.id,
    record.endpoint,
    record.model,
    record.version,
    record.arm,
    record.key,
    Math.round(record.at),
    JSON.stringify(record.inputs),
    primaryScalar(record.outputs),
    JSON.stringify(record.outputs),
    record.ms,
    record.status,
    record.error,
    record.rollout_id,
    record.canary_error,
  ]
}

/** The first number of the first output: what quality and prediction drift are measured on. */
export function primaryScalar(outputs: Columns): number | null {
  for (const name in outputs) return firstNumber(outputs[name])
  return null
}

function firstNumber(value: Json | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value ? 1 : 0
  return Array.isArray(value) ? firstNumber(value[0] as Json | undefined) : null
}
