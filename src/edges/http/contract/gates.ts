import { z } from 'zod'
import { listOf, pageOf, timestampSchema, verdictSchema } from './values.ts'

/**
 * Challenger minus champion, on the same rows, with an interval. In `unit`: `%` is relative to the champion,
 * anything else is absolute. Whether above 0 is worse is the check's `lower_is_better`.
 */
export const differenceSchema = z.object({
  value: z.number(),
  lo: z.number(),
  hi: z.number(),
  confidence: z.number().gt(0).lt(1),
  unit: z.string(),
})
export type Difference = z.infer<typeof differenceSchema>

/**
 * One check of a gate. `asked` says the demand in words; `boundary` is the same as a number in the unit of the
 * difference, where it is one: the whole interval must be on its better side.
 */
export const gateCheckSchema = z.object({
  name: z.string(),
  champion: z.number().nullable(),
  challenger: z.number().nullable(),
  unit: z.string(),
  lower_is_better: z.boolean(),
  difference: differenceSchema.nullable(),
  asked: z.string(),
  boundary: z.number().nullable(),
  verdict: verdictSchema,
  rows: z.number().int().nullable(),
  rows_needed: z.number().int().nullable(),
})
export type GateCheck = z.infer<typeof gateCheckSchema>

/** What the two versions were made from, side by side. Equal or not is for the reader to see. */
export const comparedSchema = z.object({
  name: z.string(),
  champion: z.string().nullable(),
  challenger: z.string().nullable(),
  kind: z.enum(['param', 'data', 'commit', 'run', 'feature']),
})
export type Compared = z.infer<typeof comparedSchema>

export const gateSummarySchema = z.object({
  id: z.string(),
  at: timestampSchema,
  model: z.string(),
  /** The version in office; null for a first version, which stands against the guards alone. */
  champion: z.number().int().nullable(),
  challenger: z.number().int(),
  verdict: verdictSchema,
  /** The verdict, in one sentence. */
  sentence: z.string(),
  /** Labelled rows that neither version was trained on. */
  rows: z.number().int(),
  caused_by: z.string().nullable(),
})
export type GateSummary = z.infer<typeof gateSummarySchema>

export const gateListSchema = pageOf(gateSummarySchema)
export type GateList = z.infer<typeof gateListSchema>

/** A decision with its evidence. Rows counted in `wins` are those where the challenger is nearer to the truth. */
export const gateSchema = gateSummarySchema.extend({
  checks: listOf(gateCheckSchema),
  paired: z
    .object({ wins: z.number().int(), losses: z.number().int(), ties: z.number().int() })
    .nullable(),
  /** About how many more labels would decide it; null when it is decided. */
  rows_needed: z.number().int().nullable(),
  /** How the intervals were made, in words: method, confidence, correction. */
  method: z.string().nullable(),
  /** From the first to the last of the rows. */
  period: z.object({ from: timestampSchema, to: timestampSchema }).nullable(),
  comparison: listOf(comparedSchema),
  rollout_id: z.string().nullable(),
})
export type Gate = z.infer<typeof gateSchema>
