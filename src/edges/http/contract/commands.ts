import { z } from 'zod'
import { linkSchema } from './values.ts'

const reason = z.string().max(1000).optional()

/** Retrain now. The policy's budget and cooldown are answered with a problem unless `force` is set. */
export const retrainRequestSchema = z.strictObject({ reason, force: z.boolean().default(false) })
export type RetrainRequest = z.input<typeof retrainRequestSchema>

/** Make a version champion. Through its gate, unless `force` is set. */
export const promoteRequestSchema = z.strictObject({
  version: z.number().int().min(1),
  reason,
  force: z.boolean().default(false),
})
export type PromoteRequest = z.input<typeof promoteRequestSchema>

/** Bring an earlier champion back at once; without `version`, the last good one. */
export const rollbackRequestSchema = z.strictObject({
  version: z.number().int().min(1).optional(),
  reason,
})
export type RollbackRequest = z.input<typeof rollbackRequestSchema>

/** Body of POST /rollouts/{id}/pause, resume, promote and abort. */
export const rolloutCommandSchema = z.strictObject({ reason })
export type RolloutCommand = z.input<typeof rolloutCommandSchema>

/** What was begun, in one sentence, and where to watch it. */
export const acceptedSchema = z.object({ sentence: z.string(), link: linkSchema.nullable() })
export type Accepted = z.infer<typeof acceptedSchema>
