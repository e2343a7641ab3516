import { type ExpressionBuilder, sql } from 'kysely'
import { moments } from '../../statistics/moments.ts'
import type { Query } from '../../storage/database/port.ts'
import { lossOf, type Metric } from './quality.ts'
import type { MeanEvidence } from './schema.ts'
import type { MonitoringTables } from './tables.ts'

export interface RolloutEvidenceInput {
  readonly rolloutId: string
  readonly model: string
  /** The challenger. */
  readonly version: number
  /** Event time at which the rollout began: from here pairs and losses count. */
  readonly since: number
  /** Event time at which the present step began: from here requests, errors and durations count. */
  readonly stepSince: number
  readonly metric: Metric
  /** How far a shadow's answer may be off, as a share of the champion's. */
  readonly tolerance: number
}

export interface ArmFacts {
  readonly requests: number
  readonly errors: number
  /** Milliseconds, the newest 5,000 at most. */
  readonly latenciesMs: readonly number[]
}

/** What the log knows of a rollout, in the shape that deployments decides on. */
export interface RolloutFacts {
  readonly champion: ArmFacts
  readonly challenger: ArmFacts
  readonly errorsInARow: number
  readonly split: { readonly units: number; readonly challenger: number } | null
  readonly disagreement: { readonly pairs: number; readonly differing: number } | null
  readonly loss: {
    readonly paired: { readonly champion: number; readonly difference: MeanEvidence } | null
    readonly arms: { readonly champion: MeanEvidence; readonly challenger: MeanEvidence } | null
  }
}

const NEWEST = 5000
const MOST_LABELS = 20_000

type Where = ExpressionBuilder<MonitoringTables, 'monitoring_predictions'>

/** Counts what both arms did. A `fallback` is a request that the challenger failed and the champion answered. */
export async function rolloutEvidence(
  query: Query,
  input: RolloutEvidenceInput,
): Promise<RolloutFacts> {
  return {
    champion: await championFacts(query, input),
    challenger: await challengerFacts(query, input),
    errorsInARow: await errorsInARow(query, input),
    split: await splitFacts(query, input),
    disagreement: await disagreementFacts(query, input),
    loss: { paired: await pairedLoss(query, input), arms: await armLosses(query, input) },
  }
}

function since(query: Query, { rolloutId, model }: RolloutEvidenceInput, at: number) {
  return query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .where('model', '=', model)
    .where('at', '>=', at)
    .where('rollout_id', '=', rolloutId)
}

const count = sql<number>`count(*)`

async function championFacts(query: Query, input: RolloutEvidenceInput): Promise<ArmFacts> {
  const rows = since(query, input, input.stepSince).where('arm', '=', 'control')
  const { requests, errors } = await rows
    .select([count.as('requests'), sumOf(sql`status <> 'ok'`).as('errors')])
    .executeTakeFirstOrThrow()
  const newest = await rows.select('ms').orderBy('at', 'desc').limit(NEWEST).execute()
  return {
    requests: Number(requests),
    errors: Number(errors),
    latenciesMs: newest.map((r) => r.ms),
  }
}

// sum() of no rows is null, and PostgreSQL does not add booleans.
function sumOf(condition: ReturnType<typeof sql>) {
  return sql<number>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`
}

/** Requests that reached the challenger, in whatever way. */
function asked({ version }: RolloutEvidenceInput) {
  return (where: Where) =>
    where.or([
      where.and([where('arm', '=', 'canary'), where('version', '=', version)]),
      where('arm', '=', 'fallback'),
      where('shadow_version', '=', version),
    ])
}

const FAILED = sql`arm = 'fallback' or (arm = 'canary' and status <> 'ok') or shadow_error is not null`

async function challengerFacts(query: Query, input: RolloutEvidenceInput): Promise<ArmFacts> {
  const rows = since(query, input, input.stepSince).where(asked(input))
  const { requests, errors } = await rows
    .select([count.as('requests'), sumOf(FAILED).as('errors')])
    .executeTakeFirstOrThrow()
  const newest = await rows
    .select(['arm', 'ms', 'shadow_ms'])
    .where('arm', '<>', 'fallback')
    // An error has no duration worth the name.
    .where('shadow_error', 'is', null)
    .orderBy('at', 'desc')
    .limit(NEWEST)
    .execute()
  const latenciesMs = newest.flatMap((row) => {
    const ms = row.arm === 'canary' ? row.ms : row.shadow_ms
    return ms === null ? [] : [ms]
  })
  return { requests: Number(requests), errors: Number(errors), latenciesMs }
}

async function errorsInARow(query: Query, input: RolloutEvidenceInput): Promise<number> {
  const rows = await since(query, input, input.stepSince)
    .where(asked(input))
    .select(['arm', 'status', 'shadow_error'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute()
  const good = rows.findIndex(
    ({ arm, status, shadow_error }) =>
      shadow_error === null && arm !== 'fallback' && (arm !== 'canary' || status === 'ok'),
  )
  return good === -1 ? rows.length : good
}

async function splitFacts(query: Query, input: RolloutEvidenceInput) {
  const inCanary = sql`arm in ('canary', 'fallback')`
  const { units, challenger } = await since(query, input, input.stepSince)
    .where('arm', '<>', 'pinned')
    .select([
      sql<number>`count(distinct coalesce(key, id))`.as('units'),
      sql<number>`count(distinct case when ${inCanary} then coalesce(key, id) end)`.as(
        'challenger',
      ),
    ])
    .executeTakeFirstOrThrow()
  return Number(challenger) === 0 ? null : { units: Number(units), challenger: Number(challenger) }
}

async function disagreementFacts(query: Query, input: RolloutEvidenceInput) {
  const differs = sql`abs(shadow_output - output) > ${sql.lit(input.tolerance)} * abs(output)`
  const { pairs, differing } = await since(query, input, input.since)
    .where('shadow_version', '=', input.version)
    .where('shadow_output', 'is not', null)
    .where('output', 'is not', null)
    .select([count.as('pairs'), sumOf(differs).as('differing')])
    .executeTakeFirstOrThrow()
  return Number(pairs) === 0 ? null : { pairs: Number(pairs), differing: Number(differing) }
}

async function pairedLoss(query: Query, input: RolloutEvidenceInput) {
  const rows = await since(query, input, input.since)
    .where('shadow_version', '=', input.version)
    .where('label', 'is not', null)
    .where('output', 'is not', null)
    .where('shadow_output', 'is not', null)
    .select(['output', 'shadow_output', 'label'])
    .orderBy('at', 'desc')
    .limit(MOST_LABELS)
    .execute()
  if (rows.length === 0) return null
  const losses = rows.map(({ output, shadow_output, label }) => ({
    champion: lossOf(input.metric, { output: Number(output), label: Number(label) }),
    challenger: lossOf(input.metric, { output: Number(shadow_output), label: Number(label) }),
  }))
  const champion = meanEvidence(losses.map((loss) => loss.champion)).mean
  const difference = meanEvidence(losses.map((loss) => loss.challenger - loss.champion))
  return { champion, difference }
}

async function armLosses(query: Query, input: RolloutEvidenceInput) {
  const first = await since(query, input, input.since)
    .where('arm', 'in', ['canary', 'fallback'])
    .select('at')
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined) return null
  const rows = await since(query, input, first.at)
    .where('label', 'is not', null)
    .where('output', 'is not', null)
    .where('arm', 'in', ['control', 'canary'])
    .select(['arm', 'output', 'label'])
    .orderBy('at', 'desc')
    .limit(MOST_LABELS)
    .execute()
  const losses = (arm: string): readonly number[] =>
    rows
      .filter((row) => row.arm === arm)
      .map(({ output, label }) =>
        lossOf(input.metric, { output: Number(output), label: Number(label) }),
      )
  const [control, canary] = [losses('control'), losses('canary')]
  if (control.length === 0 || canary.length === 0) return null
  return { champion: meanEvidence(control), challenger: meanEvidence(canary) }
}

function meanEvidence(values: readonly number[]): MeanEvidence {
  const { rows, mean, variance } = moments(values)
  return { n: rows, mean, variance }
}
