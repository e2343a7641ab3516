import { z } from 'zod'
import { listOf, pageOf, timestampSchema } from './values.ts'

/** One thing that a stage looks at and that is not what it was; `null` is "absent". */
export const stageChangeSchema = z.object({
  kind: z.enum(['new', 'command', 'dep', 'param', 'out', 'always', 'forced']),
  subject: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  sentence: z.string(),
})
export type StageChange = z.infer<typeof stageChangeSchema>

const hashedPathSchema = z.object({ path: z.string(), md5: z.string(), size: z.number() })
export type HashedPath = z.infer<typeof hashedPathSchema>

/** In what the commands of a stage ran; `node` and `python` are those of their PATH. */
export const runEnvironmentSchema = z.object({
  os: z.string(),
  cores: z.number().int(),
  memory: z.number(),
  shell: z.string(),
  node: z.string().nullable(),
  python: z.string().nullable(),
  variables: listOf(z.object({ key: z.string(), value: z.string() })),
  /** `name==version`; `null` unless `meta.ratchet.packages` of the stage asks for them. */
  packages: listOf(z.string()).nullable(),
})
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>

/**
 * One stage of a run. `ran` anew, `skipped` because nothing changed, or `restored` from an earlier run; `cancelled`
 * where it was cut.
 */
export const runStageSchema = z.object({
  stage: z.string(),
  state: z.enum(['running', 'failed', 'cancelled', 'ran', 'skipped', 'restored']),
  command: z.string(),
  started_at: timestampSchema,
  duration_ms: z.number().nullable(),
  /** Why it ran. */
  reasons: listOf(z.string()),
  /** The same, with what it was and what it is. */
  changes: listOf(stageChangeSchema),
  inputs: listOf(hashedPathSchema),
  outputs: listOf(hashedPathSchema),
  params: listOf(z.object({ key: z.string(), value: z.string() })),
  error: z.string().nullable(),
  has_log: z.boolean(),
  /** Of the last command that ended by itself. */
  exit_code: z.number().int().nullable(),
  /** Bytes that its processes took together at the most, as seen four times a second; `null` where nothing ran. */
  peak_memory: z.number().nullable(),
  environment: runEnvironmentSchema.nullable(),
})
export type RunStage = z.infer<typeof runStageSchema>

/** A figure that a stage wrote into a metrics file, while that content can still be read. */
export const runFigureSchema = z.object({ path: z.string(), key: z.string(), value: z.string() })
export type RunFigure = z.infer<typeof runFigureSchema>

/** One execution of the stages of dvc.yaml for a model. In a list `stages` and `metrics` are empty. */
export const runSchema = z.object({
  id: z.string(),
  /** `shell`: a `repro` that somebody ran by hand; its `model` is empty. */
  origin: z.enum(['loop', 'shell']),
  model: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  created_at: timestampSchema,
  started_at: timestampSchema.nullable(),
  finished_at: timestampSchema.nullable(),
  /** Since when its end is asked for: it ends as `cancelled`. */
  cancel_requested_at: timestampSchema.nullable(),
  error: z.string().nullable(),
  commit: z.string().nullable(),
  /** Whether the project had changes that no commit held. */
  dirty: z.boolean().nullable(),
  caused_by: z.string().nullable(),
  /** What asked for it, in one sentence; `null` for what no longer tells. */
  cause: z.string().nullable(),
  /** What was set in params.yaml before it ran. */
  params: listOf(z.object({ key: z.string(), value: z.string() })),
  stages: listOf(runStageSchema),
  metrics: listOf(runFigureSchema),
})
export type Run = z.infer<typeof runSchema>

export const runListSchema = pageOf(runSchema)
export type RunList = z.infer<typeof runListSchema>

/** What the stages wrote to their outputs, one after the other; the newest part when it is very long. */
export const runLogsSchema = z.object({ text: z.string() })
export type RunLogs = z.infer<typeof runLogsSchema>
