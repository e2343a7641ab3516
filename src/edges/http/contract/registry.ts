import { z } from 'zod'
import { modelFileSchema } from './artifacts.ts'
import { keyValueSchema } from './experiments.ts'
import { versionSchema } from './models.ts'
import { rolloutStateSchema } from './rollouts.ts'
import { listOf, pageOf, pageQuerySchema, timestampSchema, verdictSchema } from './values.ts'

export const stageSchema = z.enum(['None', 'Staging', 'Production', 'Archived'])
export type Stage = z.infer<typeof stageSchema>

/** A model of the registry, whether or not ratchet.yaml names it. */
export const registeredModelSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  tags: listOf(keyValueSchema),
  aliases: listOf(z.object({ alias: z.string(), version: z.number().int() })),
  versions: z.number().int(),
  latest: z.number().int().nullable(),
  /** The newest version of each of MLflow's stages that has one. */
  stages: listOf(z.object({ stage: stageSchema, version: z.number().int() })),
  /** Whether the loop trains it: it has a page of its own then. */
  in_loop: z.boolean(),
})
export type RegisteredModel = z.infer<typeof registeredModelSchema>

export const registryQuerySchema = pageQuerySchema.extend({ filter: z.string().optional() })
export const registeredModelListSchema = pageOf(registeredModelSchema)
export type RegisteredModelList = z.infer<typeof registeredModelListSchema>

export const registeredVersionSchema = z.object({
  model: z.string(),
  version: z.number().int(),
  description: z.string().nullable(),
  stage: stageSchema,
  aliases: listOf(z.string()),
  tags: listOf(keyValueSchema),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  user: z.string().nullable(),
  run_id: z.string().nullable(),
  /** What the loop made of it; `null` outside of the loop. */
  became: versionSchema.shape.status.nullable(),
})
export type RegisteredVersion = z.infer<typeof registeredVersionSchema>

export const registeredVersionListSchema = pageOf(registeredVersionSchema)
export type RegisteredVersionList = z.infer<typeof registeredVersionListSchema>

/** Everything that is known of a version: where it came from, what was decided on it, where it answers. */
export const passportSchema = registeredVersionSchema.extend({
  run: z
    .object({ id: z.string(), name: z.string(), experiment_id: z.string(), experiment: z.string() })
    .nullable(),
  pipeline_run_id: z.string().nullable(),
  data_hash: z.string().nullable(),
  commit: z.string().nullable(),
  /** The data that it was trained on: the first moment, and the first that was left out. */
  trained_on: z.object({ from: timestampSchema.nullable(), until: timestampSchema }).nullable(),
  caused_by: z.string().nullable(),
  source: z.string(),
  location: z.string(),
  /** SHA-256 of the ONNX file, where it is one file. */
  digest: z.string().nullable(),
  logged_model_id: z.string().nullable(),
  gate: z
    .object({
      id: z.string(),
      at: timestampSchema,
      verdict: verdictSchema,
      sentence: z.string(),
      rows: z.number().int(),
    })
    .nullable(),
  rollout: z
    .object({ id: z.string(), state: rolloutStateSchema, started_at: timestampSchema })
    .nullable(),
  /** `url` is the inference plane's, `null` while it is away. */
  serving: z
    .object({
      endpoint: z.string(),
      role: z.enum(['champion', 'challenger']),
      url: z.string().nullable(),
    })
    .nullable(),
  /** What it takes and gives, from its MLmodel file, or from the inference plane while it answers. */
  signature: modelFileSchema.nullable(),
})
export type Passport = z.infer<typeof passportSchema>

export const modelActionSchema = z.enum(['describe', 'tag', 'alias', 'delete'])
export const versionActionSchema = z.enum(['describe', 'tag', 'stage', 'delete'])

/** `alias` with `version` sets it, with `null` takes it away; `tag` sets `set` and takes `unset` away. */
export const registryCommandSchema = z.strictObject({
  description: z.string().max(100_000).optional(),
  alias: z.string().min(1).optional(),
  version: z.number().int().min(1).nullable().optional(),
  stage: stageSchema.optional(),
  /** Whether the others of that stage are archived. */
  archive_existing: z.boolean().default(false),
  set: z.array(z.strictObject({ key: z.string().min(1), value: z.string() })).optional(),
  unset: z.array(z.string()).optional(),
})
export type RegistryCommand = z.input<typeof registryCommandSchema>

export const registryChangedSchema = z.object({ sentence: z.string() })
