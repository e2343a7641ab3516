import { type RawBuilder, sql } from 'kysely'
import type { Query } from '../../storage/database/port.ts'
import { groupColumns } from './columns/group.ts'
import type { SearchDeps } from './deps.ts'
import { invalid } from './names.ts'
import { chooseRuns, conditionsOf, type RunChoice } from './run-choice.ts'
import type { RunColumn } from './run-columns.ts'

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
  deps: SearchDeps,
  { by, metrics, ...choice }: RunGrouping,
): Promise<readonly RunGroup[]> {
  const { kind, key } = by
  if (kind === 'metric') throw invalid('Runs are grouped by a param or a tag, not by a metric.')
  const chosen = await chooseRuns(deps, choice)
  if (chosen === null) return []
  const inMemory = await groupColumns(deps.columns, chosen, { by: { kind, key }, metrics })
  if (inMemory !== null) return inMemory.toSorted(largestFirst).slice(0, MOST_GROUPS)
  const grouped = { by: { kind, key }, where: sql.join(conditionsOf(chosen), sql` and `) }
  const groups = await sizes(deps.database.query, grouped)
  const means = await meansOf(deps.database.query, grouped, metrics)
  return groups.map(({ value, runs }) => ({
    value,
    runs,
    means: metrics.map((metric) => means.get(value)?.get(metric) ?? null),
  }))
}

// Of two as large, that without the value comes first, as SQL's null does.
function largestFirst(one: RunGroup, other: RunGroup): number {
  if (one.runs !== other.runs || one.value === other.value) return other.runs - one.runs
  return (one.value ?? '') < (other.value ?? '') || one.value === null ? -1 : 1
}

interface Grouped {
  readonly by: { readonly kind: 'param' | 'tag'; readonly key: string }
  readonly where: RawBuilder<unknown>
}

function joined({ by }: Grouped): RawBuilder<unknown> {
  const table = sql.table(by.kind === 'tag' ? 'tracking_tags' : 'tracking_params')
  return sql`left join ${table} as one on one.run_id = run.id and one.key = ${by.key}`
}

async function sizes(query: Query, grouped: Grouped) {
  const { rows } = await sql<{ value: string | null; runs: number | string }>`
    select one.value as value, count(*) as runs from tracking_runs as run ${joined(grouped)}
    where ${grouped.where} group by one.value
    order by runs desc, one.value is not null, value limit ${MOST_GROUPS}`.execute(query)
  return rows.map(({ value, runs }) => ({ value, runs: Number(runs) }))
}

/** All metrics in one pass: by the value of the group, then by metric. */
async function meansOf(query: Query, grouped: Grouped, metrics: readonly string[]) {
  const means = new Map<string | null, Map<string, number>>()
  if (metrics.length === 0) return means
  const { rows } = await sql<{ value: string | null; key: string; mean: number }>`
    select one.value as value, name.key as key, avg(latest.value) as mean
    from tracking_runs as run ${joined(grouped)}
    join tracking_series as latest on latest.run = run.seq and latest.is_nan = 0
    join tracking_keys as name on name.id = latest.key and name.key in (${sql.join(metrics)})
    where ${grouped.where} group by one.value, name.key`.execute(query)
  for (const { value, key, mean } of rows) {
    const group = means.get(value) ?? new Map<string, number>()
    means.set(value, group.set(key, Number(mean)))
  }
  return means
}
