import type { Query } from '../../storage/database/port.ts'
import type { Arm, Columns, LabelledRow } from './schema.ts'
import type { MonitoringTables, PredictionRow } from './tables.ts'

export interface MaturedRowsInput {
  readonly model: string
  /** Event time: [from, to). The caller's `to` leaves out what is too young to have a truth. */
  readonly from: number
  readonly to: number
  readonly version?: number | undefined
  /** The newest so many; 10,000 unless given. */
  readonly limit?: number | undefined
}

/** Logged predictions with their truths, oldest first: rows for gates. */
export async function maturedRows(
  query: Query,
  { model, from, to, version, limit }: MaturedRowsInput,
): Promise<readonly LabelledRow[]> {
  let select = query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .select(['id', 'at', 'version', 'arm', 'inputs', 'output', 'label'])
    .where('model', '=', model)
    .where('at', '>=', from)
    .where('at', '<', to)
    .where('label', 'is not', null)
    .where('output', 'is not', null)
  if (version !== undefined) select = select.where('version', '=', version)
  const rows = await select
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit ?? 10_000)
    .execute()
  return rows.toReversed().map((row) => ({
    ...row,
    arm: row.arm as Arm,
    inputs: JSON.parse(row.inputs) as Columns,
    output: Number(row.output),
    label: Number(row.label),
  }))
}

export interface LogCounts {
  readonly logged: number
  readonly labelled: number
  /** Answered by the champion because the challenger of a rollout failed. */
  readonly fallback: number
}

/** For accounts: how many predictions of the model are there, and how many know their truth. */
export async function countPredictions(query: Query, model: string): Promise<LogCounts> {
  const base = query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .where('model', '=', model)
  const counted = base.select((where) => where.fn.countAll<number>().as('rows'))
  const all = await counted.executeTakeFirstOrThrow()
  const labelled = await counted.where('label', 'is not', null).executeTakeFirstOrThrow()
  const fallback = await counted.where('arm', '=', 'fallback').executeTakeFirstOrThrow()
  return {
    logged: Number(all.rows),
    labelled: Number(labelled.rows),
    fallback: Number(fallback.rows),
  }
}

export interface Prediction extends Omit<LabelledRow, 'output' | 'label'> {
  readonly endpoint: string
  readonly model: string
  readonly outputs: Columns
  readonly output: number | null
  readonly ms: number
  readonly status: string
  readonly canaryError: string | null
  readonly label: number | null
  readonly labelAt: number | null
  readonly labelId: string | null
}

/** One logged prediction, for `ratchet why`. */
export async function findPrediction(query: Query, id: string): Promise<Prediction | null> {
  const row = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toPrediction(row)
}

function toPrediction(row: PredictionRow): Prediction {
  const { id, endpoint, model, version, at, output, ms, status, label } = row
  return {
    id,
    endpoint,
    model,
    version,
    at,
    output,
    ms,
    status,
    label,
    arm: row.arm as Arm,
    inputs: JSON.parse(row.inputs) as Columns,
    outputs: JSON.parse(row.outputs) as Columns,
    canaryError: row.canary_error,
    labelAt: row.label_at,
    labelId: row.label_id,
  }
}
