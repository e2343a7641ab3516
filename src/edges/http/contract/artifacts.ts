import { z } from 'zod'
import { listOf } from './values.ts'

/** Files of a run, or of a logged model (an id that begins with `m-`). The path is relative to its root. */
export const artifactQuerySchema = z.object({ path: z.string().default('') })

export const artifactFileSchema = z.object({
  path: z.string(),
  name: z.string(),
  is_folder: z.boolean(),
  /** Bytes; `null` for a folder. */
  size: z.number().nullable(),
})
export type ArtifactFile = z.infer<typeof artifactFileSchema>

export const artifactListSchema = z.object({ path: z.string(), items: listOf(artifactFileSchema) })
export type ArtifactList = z.infer<typeof artifactListSchema>

/** The beginning of a text file; `is_text` false when it holds bytes that are no text. */
export const artifactTextSchema = z.object({
  path: z.string(),
  size: z.number(),
  is_text: z.boolean(),
  text: z.string(),
  /** Whether there is more of it than was sent. */
  truncated: z.boolean(),
})
export type ArtifactText = z.infer<typeof artifactTextSchema>

export const artifactTableQuerySchema = artifactQuerySchema.extend({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

/** Rows of a CSV, TSV, Parquet or JSON Lines file. Values as text; `null` where there is none. */
export const artifactTableSchema = z.object({
  path: z.string(),
  columns: listOf(z.string()),
  rows: listOf(listOf(z.string().nullable())),
  total: z.number().int(),
})
export type ArtifactTable = z.infer<typeof artifactTableSchema>

export const modelFieldSchema = z.object({
  name: z.string().nullable(),
  type: z.string(),
  required: z.boolean(),
  /** Of a tensor, -1 where it varies. */
  shape: listOf(z.number()).nullable(),
})
export type ModelField = z.infer<typeof modelFieldSchema>

/** What a file `MLmodel` says. */
export const modelFileSchema = z.object({
  flavors: listOf(z.object({ name: z.string(), version: z.string().nullable() })),
  inputs: listOf(modelFieldSchema),
  outputs: listOf(modelFieldSchema),
  params: listOf(modelFieldSchema),
  has_signature: z.boolean(),
  mlflow_version: z.string().nullable(),
  python_version: z.string().nullable(),
  created: z.string().nullable(),
  model_id: z.string().nullable(),
  size: z.number().nullable(),
})
export type ModelFile = z.infer<typeof modelFileSchema>
