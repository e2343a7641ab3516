import type { Query } from '../../storage/database/port.ts'
import { tables } from './store.ts'

/** How much an experiment holds. Time in milliseconds. */
export interface RunCounts {
  readonly active: number
  readonly deleted: number
  /** The newest start; `null` without a run. */
  readonly lastStart: number | null
}

/** By experiment; one without runs is not among them. */
export async function countRunsByExperiment(query: Query): Promise<ReadonlyMap<string, RunCounts>> {
  const rows = await tables(query)
    .selectFrom('tracking_runs')
    .select((of) => [
      'experiment_id',
      'lifecycle',
      of.fn.countAll().as('runs'),
      of.fn.max('start_time').as('last'),
    ])
    .groupBy(['experiment_id', 'lifecycle'])
    .execute()
  const counts = new Map<string, RunCounts>()
  for (const { experiment_id, lifecycle, runs, last } of rows) {
    const id = String(experiment_id)
    const before = counts.get(id) ?? { active: 0, deleted: 0, lastStart: null }
    const isActive = lifecycle === 'active'
    counts.set(id, {
      active: isActive ? Number(runs) : before.active,
      deleted: isActive ? before.deleted : Number(runs),
      lastStart: Math.max(before.lastStart ?? 0, Number(last)),
    })
  }
  return counts
}
