import { z } from 'zod'
import {
  intervalSchema,
  linkSchema,
  listOf,
  metricSchema,
  pageOf,
  timestampSchema,
} from './values.ts'

/** The nine steps of the loop, in order. */
export const loopStepSchema = z.enum([
  'version',
  'validate',
  'train',
  'evaluate',
  'register',
  'deploy',
  'serve',
  'monitor',
  'retrain',
])
export type LoopStep = z.infer<typeof loopStepSchema>

/** Quality of one window of matured labels; `n` labelled rows. */
export const qualityPointSchema = z.object({
  at: timestampSchema,
  value: z.number(),
  lo: z.number(),
  hi: z.number(),
  n: z.number().int(),
})
export type QualityPoint = z.infer<typeof qualityPointSchema>

/** Quality now, and over the last 8 weeks. `guard` is the value that must not be crossed. */
export const qualitySchema = z.object({
  metric: metricSchema,
  value: z.number().nullable(),
  interval: intervalSchema.nullable(),
  guard: z.number().nullable(),
  points: listOf(qualityPointSchema),
})
export type Quality = z.infer<typeof qualitySchema>

/** Drift of the last window. `floor` is the score that chance alone reaches: only above it anything moved. */
export const driftSchema = z.object({
  state: z.enum(['calm', 'drifting', 'inconclusive']),
  worst_feature: z.string().nullable(),
  score: z.number().nullable(),
  floor: z.number().nullable(),
})
export type Drift = z.infer<typeof driftSchema>

/** `word` is how the step stands, for people: `watching`, `at 25 %`, `refused`. */
export const loopStateSchema = z.object({
  step: loopStepSchema,
  state: z.enum(['quiet', 'working', 'warning', 'stuck']),
  word: z.string(),
})
export type LoopState = z.infer<typeof loopStateSchema>

export const championSchema = z.object({
  version: z.number().int(),
  since: timestampSchema,
  run_id: z.string().nullable(),
})
export type Champion = z.infer<typeof championSchema>

export const decisionSchema = z.object({
  sentence: z.string(),
  detail: z.string().nullable(),
  at: timestampSchema,
  link: linkSchema.nullable(),
})
export type Decision = z.infer<typeof decisionSchema>

/** What happens next by itself: `sentence` without the time (`next check`), which is `at`. */
export const nextSchema = z.object({
  sentence: z.string(),
  at: timestampSchema.nullable(),
  detail: z.string().nullable(),
})
export type Next = z.infer<typeof nextSchema>

/** A row of the Loop. `attention` only when a person is needed. */
export const modelRowSchema = z.object({
  name: z.string(),
  loop: loopStateSchema,
  champion: championSchema.nullable(),
  quality: qualitySchema.nullable(),
  drift: driftSchema.nullable(),
  last_decision: decisionSchema.nullable(),
  next: nextSchema.nullable(),
  attention: z.boolean(),
})
export type ModelRow = z.infer<typeof modelRowSchema>

export const modelListSchema = pageOf(modelRowSchema)
export type ModelList = z.infer<typeof modelListSchema>

/**
 * One model. `compared` is its champion's error over the history against the first model left alone, where that is
 * known. `rollback_to` is the version that a rollback would bring back, null when there is none.
 */
export const modelSchema = modelRowSchema.extend({
  endpoint: z.string().nullable(),
  versions: z.number().int(),
  compared: z
    .object({ value: z.number(), alone: z.number(), from: timestampSchema, to: timestampSchema })
    .nullable(),
  rollback_to: z.number().int().nullable(),
  rollout_id: z.string().nullable(),
  retraining: z.boolean(),
})
export type Model = z.infer<typeof modelSchema>

/** A registered version: what it was made from, and what became of it. */
export const versionSchema = z.object({
  version: z.number().int(),
  status: z.enum(['champion', 'retired', 'refused', 'rolled_back', 'rolling_out', 'waiting']),
  created_at: timestampSchema,
  run_id: z.string().nullable(),
  data_hash: z.string().nullable(),
  commit: z.string().nullable(),
  gate_id: z.string().nullable(),
  rollout_id: z.string().nullable(),
  caused_by: z.string().nullable(),
})
export type Version = z.infer<typeof versionSchema>

export const versionListSchema = pageOf(versionSchema)
export type VersionList = z.infer<typeof versionListSchema>
