import type { ColumnName } from './source.ts'

/** Which rows tell that something of a run changed, and which kinds of columns are stale by it; `null` for all. */
export const WATCHED: readonly {
  readonly table: string
  readonly column: string
  readonly of: ColumnName['of'] | null
}[] = [
  { table: 'tracking_runs', column: 'seq', of: null },
  { table: 'tracking_series', column: 'run', of: 'series' },
  { table: 'tracking_params', column: 'run_id', of: 'param' },
  { table: 'tracking_tags', column: 'run_id', of: 'tag' },
]
