import { z } from 'zod'
import { linkSchema, listOf, timestampSchema } from './values.ts'

/** One cause. `depth` 0 is what was asked about; its causes follow, each one deeper, down to data and commit. */
export const causeSchema = z.object({
  id: z.string(),
  kind: z.string(),
  at: timestampSchema.nullable(),
  sentence: z.string(),
  link: linkSchema.nullable(),
  depth: z.number().int().min(0),
})
export type Cause = z.infer<typeof causeSchema>

export const whySchema = z.object({
  id: z.string(),
  /** The answer in one sentence. */
  sentence: z.string(),
  chain: listOf(causeSchema),
  /** What it all stands on: data hash, commit, parameters, run. */
  facts: listOf(z.object({ name: z.string(), value: z.string() })),
})
export type Why = z.infer<typeof whySchema>

export const searchQuerySchema = z.object({ q: z.string().max(200) })
export type SearchQuery = z.infer<typeof searchQuerySchema>

/** Things of the project whose name or id matches, the best first; at most 20. */
export const searchResultsSchema = z.object({
  items: listOf(z.object({ title: z.string(), detail: z.string().nullable(), link: linkSchema })),
})
export type SearchResults = z.infer<typeof searchResultsSchema>
