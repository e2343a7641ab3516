import { z } from 'zod'
import { runStageSchema, stageChangeSchema } from './runs.ts'
import { listOf, timestampSchema } from './values.ts'

/**
 * What `repro` would do with it as things are now. `waits`: nothing of its own changed, but something before it would
 * run. `restores`: only its outputs differ, and the cache has them. Of a `.dvc` file: `modified`, `deleted`.
 */
export const nodeStateSchema = z.enum([
  'current',
  'runs',
  'waits',
  'restores',
  'blocked',
  'modified',
  'deleted',
])
export type NodeState = z.infer<typeof nodeStateSchema>

/** How a stage ended in one of the newest runs. */
export const stageMomentSchema = z.object({
  run_id: z.string(),
  state: runStageSchema.shape.state,
  at: timestampSchema,
  duration_ms: z.number().nullable(),
})
export type StageMoment = z.infer<typeof stageMomentSchema>

/** A stage of dvc.yaml, or a `.dvc` file that a stage reads. */
export const pipelineNodeSchema = z.object({
  id: z.string(),
  kind: z.enum(['stage', 'data']),
  state: nodeStateSchema,
  /** Why that is so, in one sentence. */
  sentence: z.string(),
  changes: listOf(stageChangeSchema),
  command: z.string().nullable(),
  description: z.string().nullable(),
  /** The stage of dvc.yaml that generated it by foreach or matrix. */
  group: z.string().nullable(),
  frozen: z.boolean(),
  deps: listOf(z.string()),
  outs: listOf(z.string()),
  /** `params.yaml:train.depth`. */
  params: listOf(z.string()),
  /** The newest first. */
  recent: listOf(stageMomentSchema),
})
export type PipelineNode = z.infer<typeof pipelineNodeSchema>

/** The stages of the project as they stand now; an edge goes from what is read to what reads it. */
export const pipelineGraphSchema = z.object({
  nodes: listOf(pipelineNodeSchema),
  edges: listOf(z.object({ from: z.string(), to: z.string() })),
  /** Models that a stage trains: what can be run now. */
  models: listOf(z.object({ name: z.string(), stage: z.string() })),
})
export type PipelineGraph = z.infer<typeof pipelineGraphSchema>

/** Bytes of a stage's log from a place on; without `from`, its newest part. */
export const stageLogQuerySchema = z.object({
  stage: z.string(),
  from: z.coerce.number().int().min(0).optional(),
})

export const stageLogSchema = z.object({
  stage: z.string(),
  text: z.string(),
  /** The place of the first byte of `text`, and where to go on. */
  from: z.number().int(),
  next: z.number().int(),
  /** Whether nothing more will come. */
  ended: z.boolean(),
  /** Why there is no text where one is expected. */
  missing: z.string().nullable(),
})
export type StageLog = z.infer<typeof stageLogSchema>

/** Lines of the logs of a run that contain a text; of all its stages unless one is named. */
export const logSearchQuerySchema = z.object({
  text: z.string().min(1),
  stage: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

export const logMatchSchema = z.object({
  stage: z.string(),
  /** From 1. */
  line: z.number().int(),
  /** The place of its first byte: where to read on with `from`. */
  from: z.number().int(),
  text: z.string(),
})
export type LogMatch = z.infer<typeof logMatchSchema>

export const logMatchesSchema = z.object({
  matches: listOf(logMatchSchema),
  /** Whether there are more than `limit`. */
  more: z.boolean(),
})
export type LogMatches = z.infer<typeof logMatchesSchema>
