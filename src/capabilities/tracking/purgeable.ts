import { sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import { tables } from './store.ts'

/** Which of the deleted things may go for good. */
export interface PurgeRule {
  /** Deleted before this moment. */
  readonly before: number
  /** `null` for all. */
  readonly experimentIds: readonly string[] | null
  readonly runIds: readonly string[] | null
  readonly modelIds: readonly string[] | null
  /** So many of the newest deleted runs of each experiment stay. */
  readonly keepLast: number
}

export interface Purgeable {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly artifactUri: string
}

// A run that was deleted before deletions had a time counts from its end.
const DELETED_AT = sql<number>`coalesce(deleted_at, end_time, start_time)`

/** Deleted runs, the oldest first. */
export async function listPurgeableRuns(
  query: Query,
  rule: PurgeRule,
): Promise<readonly Purgeable[]> {
  if (rule.modelIds !== null && rule.runIds === null) return []
  const place = sql<number>`row_number() over (partition by experiment_id order by start_time desc, id)`
  const rows = await tables(query)
    .selectFrom('tracking_runs')
    .select(['id', 'experiment_id', 'name', 'artifact_uri', place.as('place'), DELETED_AT.as('at')])
    .where('lifecycle', '=', 'deleted')
    .orderBy('start_time')
    .orderBy('id')
    .execute()
  const wanted = rule.runIds === null ? null : new Set(rule.runIds)
  return rows
    .filter((row) => Number(row.place) > rule.keepLast && row.at < rule.before)
    .filter((row) => isIn(rule.experimentIds, String(row.experiment_id)))
    .filter((row) => wanted === null || wanted.has(row.id))
    .map(toPurgeable)
}

/** Deleted logged models, the oldest first. */
export async function listPurgeableModels(
  query: Query,
  rule: PurgeRule,
): Promise<readonly Purgeable[]> {
  if (rule.runIds !== null && rule.modelIds === null) return []
  const rows = await tables(query)
    .selectFrom('tracking_logged_models')
    .select(['id', 'experiment_id', 'name', 'artifact_uri'])
    .where('deleted_at', '<', rule.before)
    .orderBy('created_at')
    .execute()
  return rows
    .filter((row) => isIn(rule.experimentIds, String(row.experiment_id)))
    .filter((row) => isIn(rule.modelIds, row.id))
    .map(toPurgeable)
}

/** Deleted experiments. Default stays: clients count on experiment 0. */
export async function listPurgeableExperiments(
  query: Query,
  rule: PurgeRule,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  if (rule.runIds !== null || rule.modelIds !== null || rule.keepLast > 0) return []
  const rows = await tables(query)
    .selectFrom('tracking_experiments')
    .select(['id', 'name'])
    .where('lifecycle', '=', 'deleted')
    .where('updated_at', '<', rule.before)
    .where('id', '<>', 0)
    .orderBy('id')
    .execute()
  return rows
    .map(({ id, name }) => ({ id: String(id), name }))
    .filter(({ id }) => isIn(rule.experimentIds, id))
}

function isIn(wanted: readonly string[] | null, id: string): boolean {
  return wanted === null || wanted.includes(id)
}

function toPurgeable(row: {
  readonly id: string
  readonly experiment_id: number
  readonly name: string
  readonly artifact_uri: string
}): Purgeable {
  const { id, experiment_id, name, artifact_uri } = row
  return { id, experimentId: String(experiment_id), name, artifactUri: artifact_uri }
}
