import { z } from 'zod'
import { listOf, pageOf, pageQuerySchema, timestampSchema } from './values.ts'

export const lifecycleSchema = z.enum(['active', 'deleted'])
export const keyValueSchema = z.object({ key: z.string(), value: z.string() })
export type KeyValue = z.infer<typeof keyValueSchema>

/** An experiment. Slashes in its name are folders on the page: `team/project/x`. */
export const experimentSchema = z.object({
  id: z.string(),
  name: z.string(),
  lifecycle: lifecycleSchema,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  artifact_location: z.string(),
  tags: listOf(keyValueSchema),
  /** How many runs it has that are not deleted, and how many that are. */
  runs: z.number().int(),
  deleted_runs: z.number().int(),
  last_run_at: timestampSchema.nullable(),
})
export type Experiment = z.infer<typeof experimentSchema>

export const experimentQuerySchema = pageQuerySchema.extend({
  view: z.enum(['active', 'deleted', 'all']).default('active'),
  filter: z.string().optional(),
})

export const experimentListSchema = pageOf(experimentSchema)
export type ExperimentList = z.infer<typeof experimentListSchema>

export const newExperimentSchema = z.strictObject({ name: z.string().min(1) })
export type NewExperiment = z.input<typeof newExperimentSchema>

export const experimentActionSchema = z.enum(['rename', 'delete', 'restore', 'describe'])

/** `name` for rename; `description` for describe. */
export const experimentCommandSchema = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
})
export type ExperimentCommand = z.input<typeof experimentCommandSchema>
