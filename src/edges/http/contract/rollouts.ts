import { z } from 'zod'
import { listOf, metricSchema, pageOf, timestampSchema, verdictSchema } from './values.ts'

export const rolloutStateSchema = z.enum([
  'running',
  'paused',
  'promoted',
  'aborted',
  'rolled_back',
])
export type RolloutState = z.infer<typeof rolloutStateSchema>

export const rolloutActionSchema = z.enum(['pause', 'resume', 'promote', 'abort'])
export type RolloutAction = z.infer<typeof rolloutActionSchema>

/** One step as `ratchet.yaml` says it (`shadow 3d`, `25 %`); `note` is what it saw, or what it waits for. */
export const rolloutStepSchema = z.object({
  name: z.string(),
  state: z.enum(['done', 'current', 'waiting', 'failed', 'skipped']),
  from: timestampSchema.nullable(),
  to: timestampSchema.nullable(),
  note: z.string().nullable(),
})
export type RolloutStep = z.infer<typeof rolloutStepSchema>

/** One look at the evidence: challenger minus champion after `n` labels or requests. */
export const sequencePointSchema = z.object({
  n: z.number().int(),
  at: timestampSchema,
  estimate: z.number(),
  lo: z.number(),
  hi: z.number(),
})
export type SequencePoint = z.infer<typeof sequencePointSchema>

/**
 * The evidence on the guard that decides, as it comes in, by a confidence sequence: its interval holds however often one
 * looks. Quality is counted in labels, other guards in requests.
 * `boundary` is the difference that the whole band has to be on the better side of.
 */
export const rolloutEvidenceSchema = z.object({
  metric: metricSchema,
  counted_in: z.enum(['labels', 'requests']),
  confidence: z.number().gt(0).lt(1),
  boundary: z.number().nullable(),
  points: listOf(sequencePointSchema),
  /** About how many more labels are needed; null when decided or not to be said. */
  labels_needed: z.number().int().nullable(),
})
export type RolloutEvidence = z.infer<typeof rolloutEvidenceSchema>

export const rolloutGuardSchema = z.object({
  name: z.string(),
  unit: z.string(),
  champion: z.number().nullable(),
  challenger: z.number().nullable(),
  asked: z.string(),
  verdict: verdictSchema,
  /** The figure held against the limit, with its interval, in one sentence. */
  sentence: z.string().nullable(),
})
export type RolloutGuard = z.infer<typeof rolloutGuardSchema>

export const rolloutSummarySchema = z.object({
  id: z.string(),
  endpoint: z.string(),
  model: z.string(),
  version: z.number().int(),
  champion: z.number().int(),
  state: rolloutStateSchema,
  /** The verdict, in one sentence. */
  sentence: z.string(),
  started_at: timestampSchema,
  ended_at: timestampSchema.nullable(),
  /** The step it is at, or ended at. */
  step: z.string(),
  caused_by: z.string().nullable(),
})
export type RolloutSummary = z.infer<typeof rolloutSummarySchema>

export const rolloutListSchema = pageOf(rolloutSummarySchema)
export type RolloutList = z.infer<typeof rolloutListSchema>

export const rolloutSchema = rolloutSummarySchema.extend({
  /** Why it is where it is and what moves it on, in one sentence. */
  reason: z.string(),
  steps: listOf(rolloutStepSchema),
  /** Shares of the requests that each version answers now; they sum to 1. */
  split: z.object({ champion: z.number(), challenger: z.number() }),
  evidence: rolloutEvidenceSchema.nullable(),
  guards: listOf(rolloutGuardSchema),
  /** What may be asked of it now. */
  actions: listOf(rolloutActionSchema),
  gate_id: z.string().nullable(),
})
export type Rollout = z.infer<typeof rolloutSchema>
