import { z } from 'zod'
import { listOf, pageOf, timestampSchema } from './values.ts'

/** Traces of these experiments, of all unless given. `text` is looked for in spans; `filter` is MLflow's language. */
export const traceQuerySchema = z.object({
  experiment: z.string().optional(),
  text: z.string().optional(),
  filter: z.string().optional(),
  state: z.enum(['OK', 'ERROR', 'IN_PROGRESS']).optional(),
  /** The run within which they were made. */
  run: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  page_token: z.string().optional(),
  page_size: z.coerce.number().int().min(1).max(500).default(100),
})

/** One request that a program traced, without its steps. Request and response are shortened. */
export const traceInfoSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  experiment_id: z.string(),
  at: timestampSchema,
  /** `null` while it runs. */
  duration_ms: z.number().nullable(),
  state: z.enum(['OK', 'ERROR', 'IN_PROGRESS', 'STATE_UNSPECIFIED']),
  request: z.string().nullable(),
  response: z.string().nullable(),
  run_id: z.string().nullable(),
})
export type TraceInfo = z.infer<typeof traceInfoSchema>

export const traceListSchema = pageOf(traceInfoSchema)
export type TraceList = z.infer<typeof traceListSchema>

/** One timed step. `start_ms` counts from the start of the trace. Values as text: JSON where they are more than one. */
export const traceSpanSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Such as `RETRIEVER`. */
  type: z.string().nullable(),
  /** How many steps it stands below the root. */
  depth: z.number().int(),
  start_ms: z.number(),
  duration_ms: z.number().nullable(),
  status: z.enum(['UNSET', 'OK', 'ERROR']),
  message: z.string(),
  inputs: z.string().nullable(),
  outputs: z.string().nullable(),
  attributes: listOf(z.object({ key: z.string(), value: z.string() })),
  events: listOf(z.object({ name: z.string(), at_ms: z.number(), text: z.string() })),
})
export type TraceSpan = z.infer<typeof traceSpanSchema>

/** A trace with its steps: each below the one that it is a part of, in the order in which they began. */
export const traceSchema = traceInfoSchema.extend({
  tags: listOf(z.object({ key: z.string(), value: z.string() })),
  spans: listOf(traceSpanSchema),
})
export type Trace = z.infer<typeof traceSchema>
