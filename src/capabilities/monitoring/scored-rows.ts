import type { Query } from '../../storage/database/port.ts'
import { MOST_ROWS } from '../../statistics/mean-exceedance.ts'
import type { ScoredRow } from './quality.ts'
import type { Window } from './report.ts'
import type { MonitoringTables } from './tables.ts'

export interface VersionRows {
  readonly model: string
  readonly version: number
  /** Matured: older than the label delay. */
  readonly before: number
}

/** All that quality is decided on. */
export interface ScoredHistory {
  /** The newest labelled rows of the version, by event time. */
  readonly rows: readonly ScoredRow[]
  /** Labelled rows older than those. */
  readonly before: number
  readonly first: readonly ScoredRow[]
}

/** The version's matured rows that have a truth: the newest ones, and the first few. */
export async function loadScored(
  query: Query,
  which: VersionRows,
  first: number,
): Promise<ScoredHistory> {
  const newest = await scored(query, which).orderBy('at', 'desc').limit(MOST_ROWS).execute()
  const rows = newest.toReversed() as ScoredRow[]
  if (rows.length < MOST_ROWS) return { rows, before: 0, first: rows.slice(0, first) }
  const oldest = await scored(query, which).orderBy('at').limit(first).execute()
  const all = await labelled(query, which)
    .select((where) => where.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return { rows, before: Number(all.count) - rows.length, first: oldest as ScoredRow[] }
}

function labelled(query: Query, { model, version, before }: VersionRows) {
  return query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .where('model', '=', model)
    .where('at', '<', before)
    .where('version', '=', version)
    .where('label', 'is not', null)
    .where('output', 'is not', null)
}

const scored = (query: Query, which: VersionRows) =>
  labelled(query, which).select(['at', 'output', 'label'])

/** How many answers of the version in this window are old enough to have a truth. */
export async function countMatured(
  query: Query,
  { model, version, window }: Omit<VersionRows, 'before'> & { readonly window: Window },
): Promise<number> {
  const { count } = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .select((where) => where.fn.countAll<number>().as('count'))
    .where('model', '=', model)
    .where('at', '>=', window.from)
    .where('at', '<', window.to)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return Number(count)
}
