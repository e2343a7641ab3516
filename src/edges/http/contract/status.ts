import { z } from 'zod'
import { timestampSchema } from './values.ts'

/** The inference process as it last said of itself; `detail` is a sentence when it is not `answering`. */
export const dataPlaneSchema = z.object({
  state: z.enum(['answering', 'starting', 'away']),
  url: z.string().nullable(),
  epoch: z.number().int().nullable(),
  detail: z.string().nullable(),
})
export type DataPlane = z.infer<typeof dataPlaneSchema>

/** The project at a glance; the counts are what the navigation shows beside its entries. */
export const statusSchema = z.object({
  project: z.string(),
  version: z.string(),
  /** Project time: every "how long ago" is counted from it. */
  time: timestampSchema,
  /** Null unless the project was opened for replay, where only the API moves the clock. */
  replay: z.object({ now: timestampSchema }).nullable(),
  data_plane: dataPlaneSchema,
  counts: z.object({
    models: z.number().int(),
    rollouts_running: z.number().int(),
    alerts_firing: z.number().int(),
    jobs_running: z.number().int(),
  }),
  /** The newest event; a stream started after it misses nothing that this answer did not have. */
  last_seq: z.number().int(),
})
export type Status = z.infer<typeof statusSchema>
