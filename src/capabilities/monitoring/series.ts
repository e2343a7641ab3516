import { sql } from 'kysely'
import { tQuantile } from '../../statistics/distributions.ts'
import type { Query } from '../../storage/database/port.ts'
import type { MonitoringTables, ScoreRow } from './tables.ts'

export interface SeriesInput {
  readonly model: string
  /** Event time, milliseconds: [from, to). */
  readonly from: number
  readonly to: number
  readonly bucketMs: number
}

export interface QualityPoint {
  /** Where the bucket begins. */
  readonly at: number
  /** Labelled rows. */
  readonly n: number
  /** Mean absolute error, with a two-sided 95 % interval; `null` below two rows. */
  readonly mean: number
  readonly lo: number | null
  readonly hi: number | null
}

/** The error over time as people saw it: all answers with a truth, whichever version gave them. */
export async function qualitySeries(
  query: Query,
  input: SeriesInput,
): Promise<readonly QualityPoint[]> {
  const error = sql<number>`abs(output - label)`
  const rows = await inRange(query, input)
    .where('label', 'is not', null)
    .where('output', 'is not', null)
    .select([
      bucket(input).as('bucket'),
      sql<number>`count(*)`.as('n'),
      sql<number>`avg(${error})`.as('mean'),
      sql<number>`avg(${error} * ${error})`.as('square'),
    ])
    .groupBy('bucket')
    .orderBy('bucket')
    .execute()
  return rows.map((row) => qualityPoint(row, input))
}

interface QualityRow {
  readonly bucket: number
  readonly n: number
  readonly mean: number
  readonly square: number
}

function qualityPoint({ bucket: index, n, mean, square }: QualityRow, input: SeriesInput) {
  const at = input.from + index * input.bucketMs
  if (n < 2) return { at, n, mean, lo: null, hi: null }
  // For a picture; the verdicts are made from the rows themselves.
  const variance = (Math.max(0, square - mean ** 2) * n) / (n - 1)
  const reach = tQuantile(0.975, n - 1) * Math.sqrt(variance / n)
  return { at, n, mean, lo: Math.max(0, mean - reach), hi: mean + reach }
}

export interface TrafficPoint {
  readonly at: number
  readonly requests: number
  /** Of these, answered by the challenger of a rollout. */
  readonly canary: number
  /** Asked of the challenger, answered by the champion. */
  readonly fallback: number
  readonly errors: number
  readonly meanMs: number
}

export async function traffic(query: Query, input: SeriesInput): Promise<readonly TrafficPoint[]> {
  const counted = (condition: ReturnType<typeof sql>) =>
    sql<number>`sum(case when ${condition} then 1 else 0 end)`
  const rows = await inRange(query, input)
    .select([
      bucket(input).as('bucket'),
      sql<number>`count(*)`.as('requests'),
      counted(sql`arm = 'canary'`).as('canary'),
      counted(sql`arm = 'fallback'`).as('fallback'),
      counted(sql`status <> 'ok'`).as('errors'),
      sql<number>`avg(ms)`.as('meanMs'),
    ])
    .groupBy('bucket')
    .orderBy('bucket')
    .execute()
  return rows.map(({ bucket: index, ...row }) => ({
    at: input.from + index * input.bucketMs,
    ...row,
  }))
}

function inRange(query: Query, { model, from, to }: SeriesInput) {
  return query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .where('model', '=', model)
    .where('at', '>=', from)
    .where('at', '<', to)
}

// Literals, not parameters: PostgreSQL sees two parameters of equal value as two different expressions.
function bucket({ from, bucketMs }: SeriesInput) {
  const [start, length] = [Math.round(from), Math.max(1, Math.round(bucketMs))]
  return sql<number>`(at - ${sql.lit(start)}) / ${sql.lit(length)}`
}

export interface DriftPoint {
  readonly reportId: string
  readonly at: number
  readonly column: string
  readonly role: string
  readonly method: string
  readonly score: number | null
  readonly floor: number | null
  readonly p: number | null
  readonly verdict: string
}

/** The heat map: each column at each look. */
export async function driftSeries(
  query: Query,
  { model, from, to }: Omit<SeriesInput, 'bucketMs'>,
): Promise<readonly DriftPoint[]> {
  const rows = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_feature_scores')
    .selectAll()
    .where('model', '=', model)
    .where('at', '>=', from)
    .where('at', '<', to)
    .orderBy('at')
    .orderBy('feature')
    .execute()
  return rows.map(toPoint)
}

function toPoint(row: ScoreRow): DriftPoint {
  const { report_id: reportId, feature: column, at, role, method, score, floor, p, verdict } = row
  return { reportId, column, at, role, method, score, floor, p, verdict }
}
