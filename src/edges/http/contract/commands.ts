import { z } from 'zod'
import { linkSchema, verdictSchema } from './values.ts'

const reason = z.string().max(1000).optional()

/** Retrain now: a person's wish is not held back by cooldown and budget, only by work under way. */
export const retrainRequestSchema = z.strictObject({ reason })
export type RetrainRequest = z.input<typeof retrainRequestSchema>

/** Make a version champion, the newest unless given. Through its gate, unless `force` is set. */
export const promoteRequestSchema = z.strictObject({
  version: z.number().int().min(1).optional(),
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

/** What the gate said; null when it was not asked (`force`). */
export const promotedSchema = acceptedSchema.extend({ verdict: verdictSchema.nullable() })
export type Promoted = z.infer<typeof promotedSchema>

/** Body of POST /models/{name}/pause and resume. */
export const loopCommandSchema = z.strictObject({ reason })
export type LoopCommand = z.input<typeof loopCommandSchema>

/** Make a model file a version; without `path`, the one that `train.model` of ratchet.yaml names. */
export const registerRequestSchema = z.strictObject({ path: z.string().min(1).optional() })
export type RegisterRequest = z.input<typeof registerRequestSchema>
