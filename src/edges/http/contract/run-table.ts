import { z } from 'zod'
import { lifecycleSchema } from './experiments.ts'
import { listOf, timestampSchema } from './values.ts'

/** A query parameter that may stand several times. */
const several = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())

export const trackedStatusSchema = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'])
export type TrackedStatus = z.infer<typeof trackedStatusSchema>

/** Which runs: of these experiments, by MLflow's filter language, and by one parent or group. */
const choice = {
  experiment: several,
  filter: z.string().optional(),
  view: z.enum(['active', 'deleted', 'all']).default('active'),
  /** Only the children of this run; `none` for runs without a parent. */
  parent: z.string().optional(),
  /** `params.KEY` or `tags.KEY`: with `group_value` only the runs of that group, without it those that have none. */
  group: z.string().optional(),
  group_value: z.string().optional(),
}

/** `columns` such as `metrics.rmse`, `params.depth`, `tags.team`; `order_by` such as `metrics.rmse DESC`. */
export const runTableQuerySchema = z.object({
  ...choice,
  order_by: several.optional(),
  columns: several.optional(),
  offset: z.coerce.number().int().min(0).default(0),
  page_size: z.coerce.number().int().min(1).max(10_000).default(100),
  /** Whether to count children. */
  nested: z.enum(['true', 'false']).default('false'),
})
export type RunTableQuery = z.input<typeof runTableQuerySchema>

/** A number is a metric's latest value, `"NaN"` one that is none; `null` where the run has no such value. */
export const columnValueSchema = z.union([z.number(), z.string()]).nullable()
export type ColumnValue = z.infer<typeof columnValueSchema>

export const runRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  experiment_id: z.string(),
  status: trackedStatusSchema,
  user: z.string(),
  started_at: timestampSchema,
  ended_at: timestampSchema.nullable(),
  lifecycle: lifecycleSchema,
  parent_id: z.string().nullable(),
  children: z.number().int(),
  /** In the order of `columns`. */
  values: listOf(columnValueSchema),
})
export type RunRow = z.infer<typeof runRowSchema>

/** What lies between two places of an ordered list, and how long the list is. */
export const runTableSchema = z.object({
  items: listOf(runRowSchema),
  offset: z.number().int(),
  total: z.number().int(),
})
export type RunTable = z.infer<typeof runTableSchema>

/** Which names the runs of these experiments use: what a filter can be completed with. */
export const runKeysSchema = z.object({
  metrics: listOf(z.string()),
  params: listOf(z.string()),
  tags: listOf(z.string()),
})
export type RunKeys = z.infer<typeof runKeysSchema>
export const runKeysQuerySchema = z.object({ experiment: several })

/** `by` is `params.KEY` or `tags.KEY`; `columns` are metrics, of which each group has its mean. */
export const runGroupsQuerySchema = z.object({
  experiment: choice.experiment,
  filter: choice.filter,
  view: choice.view,
  by: z.string(),
  columns: several.optional(),
})
export const runGroupsSchema = z.object({
  items: listOf(
    z.object({
      value: z.string().nullable(),
      runs: z.number().int(),
      values: listOf(z.number().nullable()),
    }),
  ),
})
export type RunGroups = z.infer<typeof runGroupsSchema>

/**
 * Points of one metric of several runs for a chart: spread evenly over what was logged, always real ones, the first
 * and the last among them. Columns, since they are many: `at` in milliseconds since 1970, `null` a value that is NaN.
 */
export const metricHistoryQuerySchema = z.object({
  run: several,
  key: z.string(),
  points: z.coerce.number().int().min(1).max(2500).default(320),
  from_step: z.coerce.number().int().optional(),
  to_step: z.coerce.number().int().optional(),
})
/** Of a file with all points of these runs. */
export const historyCsvQuerySchema = metricHistoryQuerySchema.pick({ run: true, key: true })

export const metricHistorySchema = z.object({
  key: z.string(),
  series: listOf(
    z.object({
      run_id: z.string(),
      steps: listOf(z.number()),
      at: listOf(z.number()),
      values: listOf(z.number().nullable()),
    }),
  ),
})
export type MetricHistory = z.infer<typeof metricHistorySchema>

export const runActionSchema = z.enum(['delete', 'restore', 'tag', 'rename'])

/** Every run that a table would have, however many they are. */
export const runsMatchingSchema = z.strictObject({
  experiment: z.array(z.string()).min(1),
  filter: z.string().optional(),
  view: choice.view,
  parent: choice.parent,
})

/**
 * What to do with these runs: those of `ids`, or all of `matching` but `except`. `tag` sets `set` and takes `unset`
 * away; `rename` gives one run the `name`.
 */
export const runCommandSchema = z.strictObject({
  ids: z.array(z.string()).min(1).max(10_000).optional(),
  matching: runsMatchingSchema.optional(),
  except: z.array(z.string()).max(10_000).optional(),
  name: z.string().optional(),
  set: z.array(z.strictObject({ key: z.string().min(1), value: z.string() })).optional(),
  unset: z.array(z.string()).optional(),
})
export type RunCommand = z.input<typeof runCommandSchema>

export const runsChangedSchema = z.object({ changed: z.number().int(), sentence: z.string() })
export type RunsChanged = z.infer<typeof runsChangedSchema>
