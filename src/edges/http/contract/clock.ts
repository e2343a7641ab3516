import { z } from 'zod'
import { timestampSchema } from './values.ts'

/** Moves a replay's clock forward: a date (`1971-01-02`) or a time. */
export const clockMoveSchema = z.strictObject({ to: z.string() })
export type ClockMove = z.input<typeof clockMoveSchema>

/** Answered when all that was due until then has been done. */
export const clockMovedSchema = z.object({ now: timestampSchema, jobs_run: z.number().int() })
export type ClockMoved = z.infer<typeof clockMovedSchema>
