import { z } from 'zod'
import { linkSchema, pageOf, severitySchema, timestampSchema } from './values.ts'

export const alertSchema = z.object({
  id: z.string(),
  model: z.string().nullable(),
  rule: z.string(),
  state: z.enum(['pending', 'firing', 'resolved']),
  severity: severitySchema,
  sentence: z.string(),
  started_at: timestampSchema,
  fired_at: timestampSchema.nullable(),
  resolved_at: timestampSchema.nullable(),
  caused_by: z.string().nullable(),
  link: linkSchema.nullable(),
})
export type Alert = z.infer<typeof alertSchema>

export const alertListSchema = pageOf(alertSchema)
export type AlertList = z.infer<typeof alertListSchema>

/** Durable work. `error` is the last attempt's, in one sentence. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled']),
  subject: z.string().nullable(),
  progress: z.string().nullable(),
  attempts: z.number().int(),
  max_attempts: z.number().int(),
  run_at: timestampSchema,
  finished_at: timestampSchema.nullable(),
  error: z.string().nullable(),
  caused_by: z.string().nullable(),
})
export type Job = z.infer<typeof jobSchema>

export const jobListSchema = pageOf(jobSchema)
export type JobList = z.infer<typeof jobListSchema>
