import { z } from 'zod'
import { listOf, pageOf, timestampSchema } from './values.ts'

/** One stage of a run. `ran` anew, `skipped` because nothing changed, or `restored` from an earlier run. */
export const runStageSchema = z.object({
  stage: z.string(),
  state: z.enum(['running', 'failed', 'ran', 'skipped', 'restored']),
  command: z.string(),
  started_at: timestampSchema,
  duration_ms: z.number().nullable(),
  /** Why it ran. */
  reasons: listOf(z.string()),
})
export type RunStage = z.infer<typeof runStageSchema>

/** One execution of the stages of dvc.yaml for a model. In a list `stages` is empty. */
export const runSchema = z.object({
  id: z.string(),
  model: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed']),
  created_at: timestampSchema,
  started_at: timestampSchema.nullable(),
  finished_at: timestampSchema.nullable(),
  error: z.string().nullable(),
  commit: z.string().nullable(),
  caused_by: z.string().nullable(),
  stages: listOf(runStageSchema),
})
export type Run = z.infer<typeof runSchema>

export const runListSchema = pageOf(runSchema)
export type RunList = z.infer<typeof runListSchema>

/** What the stages wrote to their outputs, one after the other; the newest part when it is very long. */
export const runLogsSchema = z.object({ text: z.string() })
export type RunLogs = z.infer<typeof runLogsSchema>
