import { z } from 'zod'
import { linkSchema, listOf, severitySchema, timestampSchema } from './values.ts'

/** `subject` is a whole subject (`model:births`) or its kind (`model:`). */
export const eventQuerySchema = z.object({
  after: z.coerce.number().int().min(0).optional(),
  before: z.coerce.number().int().min(0).optional(),
  subject: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
})
export type EventQuery = z.infer<typeof eventQuerySchema>

/**
 * Something that happened. `seq` orders and resumes. `depth` is how many causes it has within the list it came
 * in (0: its cause is not in the list); a list is ordered so that what was caused stands below its cause.
 */
export const eventSchema = z.object({
  id: z.string(),
  seq: z.number().int(),
  at: timestampSchema,
  type: z.string(),
  subject: z.string(),
  /** The model it is about, where it is about one. */
  model: z.string().nullable(),
  sentence: z.string(),
  severity: severitySchema,
  depth: z.number().int().min(0),
  caused_by: z.string().nullable(),
  link: linkSchema.nullable(),
})
export type Event = z.infer<typeof eventSchema>

export const eventListSchema = z.object({ items: listOf(eventSchema), last_seq: z.number().int() })
export type EventList = z.infer<typeof eventListSchema>

/**
 * The stream `/events/stream?after=SEQ` (or the header Last-Event-ID) sends, as Server-Sent Events:
 * - `event: happened`, `id: SEQ`, data an Event with depth 0;
 * - `event: clock`, data a Clock, when project time was moved (replay) and once on connecting;
 * - a comment every 15 s, so that a dead connection is noticed.
 */
export const clockSchema = z.object({ now: timestampSchema, replay: z.boolean() })
export type Clock = z.infer<typeof clockSchema>
