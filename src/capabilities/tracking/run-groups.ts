import { type RawBuilder, sql } from 'kysely'
import type { TrackingDeps } from './deps.ts'
import { invalid } from './names.ts'
import type { RunColumn } from './run-columns.ts'
import { choiceConditions, type RunChoice } from './run-table.ts'

export interface RunGrouping extends RunChoice {
  /** A param or a tag. */
  readonly by: RunColumn
  /** Metrics of which each group has its mean. */
  readonly metrics: readonly string[]
}

export interface RunGroup {
  /** `null`: the runs without the value. */
  readonly value: string | null
  readonly runs: number
  /** In the order of the metrics asked for; NaN is left out, `null` where no run has the metric. */
  readonly means: readonly (number | null)[]
}

const MOST_GROUPS = 1000

/** Runs by the value of a param or tag, the largest group first. @throws FILTER_INVALID, TRACKING_INVALID */
export async function groupRuns(
  deps: TrackingDeps,
  { by, metrics, ...choice }: RunGrouping,
): Promise<readonly RunGroup[]> {
  if (by.kind === 'metric') throw invalid('Runs are grouped by a param or a tag, not by a metric.')
  const where = await choiceConditions(deps, choice)
  if (where === null) return []
  const grouped = {
    by: { ...by, kind: by.kind },
    where: sql.join(where, sql` and `),
  }
  const groups = await sizes(deps, grouped)
  const means = await meansOf(deps, grouped, metrics)
  return groups.map(({ value, runs }) => ({
    value,
    runs,
    means: metrics.map((metric) => means.get(value)?.get(metric) ?? null),
  }))
}

interface Grouped {
  readonly by: { readonly kind: 'param' | 'tag'; readonly key: string }
  readonly where: RawBuilder<unknown>
}

function joined({ by }: Grouped): RawBuilder<unknown> {
  const table = sql.table(by.kind === 'tag' ? 'tracking_tags' : 'tracking_params')
  return sql`left join ${table} as one on one.run_id = run.id and one.key = ${by.key}`
}

async function sizes({ database }: TrackingDeps, grouped: Grouped) {
  const { rows } = await sql<{ value: string | null; runs: number | string }>`
    select one.value as value, count(*) as runs from tracking_runs as run ${joined(grouped)}
    where ${grouped.where} group by one.value
    order by runs desc, value limit ${MOST_GROUPS}`.execute(database.query)
  return rows.map(({ value, runs }) => ({ value, runs: Number(runs) }))
}

/** All metrics in one pass: by the value of the group, then by metric. */
async function meansOf({ database }: TrackingDeps, grouped: Grouped, metrics: readonly string[]) {
  const means = new Map<string | null, Map<string, number>>()
  if (metrics.length === 0) return means
  const { rows } = await sql<{ value: string | null; key: string; mean: number }>`
    select one.value as value, name.key as key, avg(latest.value) as mean
    from tracking_runs as run ${joined(grouped)}
    join tracking_series as latest on latest.run = run.seq and latest.is_nan = 0
    join tracking_keys as name on name.id = latest.key and name.key in (${sql.join(metrics)})
    where ${grouped.where} group by one.value, name.key`.execute(database.query)
  for (const { value, key, mean } of rows) {
    const group = means.get(value) ?? new Map<string, number>()
    means.set(value, group.set(key, Number(mean)))
  }
  return means
}
