import { z } from 'zod'
import { keyValueSchema } from './experiments.ts'
import { runRowSchema } from './run-table.ts'
import { listOf, timestampSchema } from './values.ts'

export const latestMetricSchema = z.object({
  key: z.string(),
  /** `"NaN"` where it is not a number. */
  value: z.union([z.number(), z.literal('NaN')]),
  step: z.number(),
  at: timestampSchema,
})
export type LatestMetric = z.infer<typeof latestMetricSchema>

export const runDatasetSchema = z.object({
  name: z.string(),
  digest: z.string(),
  source_type: z.string(),
  source: z.string(),
  schema: z.string().nullable(),
  profile: z.string().nullable(),
  /** What it was used for, such as `training`. */
  context: z.string().nullable(),
})
export type RunDataset = z.infer<typeof runDatasetSchema>

/** A model that the run read or made. */
export const runModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  direction: z.enum(['input', 'output']),
  status: z.string(),
  /** Versions of the registry that were made of it. */
  versions: listOf(z.object({ model: z.string(), version: z.number().int() })),
})
export type RunModel = z.infer<typeof runModelSchema>

/** A run with everything but its history and files. */
export const trackedRunSchema = runRowSchema.omit({ values: true }).extend({
  experiment_name: z.string(),
  parent_name: z.string().nullable(),
  artifact_uri: z.string(),
  /** Whether its files are kept here and can be shown. */
  artifacts_here: z.boolean(),
  params: listOf(keyValueSchema),
  tags: listOf(keyValueSchema),
  metrics: listOf(latestMetricSchema),
  datasets: listOf(runDatasetSchema),
  models: listOf(runModelSchema),
  /** Versions of the registry that came from it. */
  versions: listOf(z.object({ model: z.string(), version: z.number().int() })),
})
export type TrackedRun = z.infer<typeof trackedRunSchema>

export const runIdsQuerySchema = z.object({
  id: z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
})

/** Several runs whole, to be compared; at most 20. */
export const comparedRunsSchema = z.object({ items: listOf(trackedRunSchema) })
export type ComparedRuns = z.infer<typeof comparedRunsSchema>
