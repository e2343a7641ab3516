import { z } from 'zod'

/**
 * A tensor as a column: one entry a row. Rows with several values are arrays. A value that is not a number
 * is `null`; an integer past 2^53 is its digits as text.
 */
export type ColumnValue = number | boolean | string | null
export type Column = readonly (ColumnValue | readonly ColumnValue[])[]
export type Columns = Readonly<Record<string, Column>>

const value = z.union([z.number(), z.boolean(), z.string(), z.null()])
const columns = z
  .record(z.string(), z.array(z.union([value, z.array(value).readonly()])).readonly())
  .readonly()

/** How a request came to its version. `pinned`: the caller named the version in the path. */
export const armSchema = z.enum(['control', 'canary', 'fallback', 'pinned'])
export type Arm = z.infer<typeof armSchema>

export const predictionRecordSchema = z.object({
  kind: z.literal('prediction'),
  id: z.string(),
  /** Project time in milliseconds. */
  at: z.number(),
  endpoint: z.string(),
  model: z.string(),
  version: z.number(),
  arm: armSchema,
  /** What the sticky split went by. */
  key: z.string(),
  /** The rollout that was under way for this endpoint, whichever arm the key fell on. */
  rollout_id: z.string().nullable(),
  inputs: columns,
  /** Empty when the status is `error`. */
  outputs: columns,
  /** Milliseconds inside the model. */
  ms: z.number(),
  status: z.enum(['ok', 'error']),
  /** `CODE: detail` when the status is `error`. */
  error: z.string().nullable(),
  /** `CODE: detail` of the new version, when the champion answered in its place. */
  canary_error: z.string().nullable(),
  /** The answer of a version in shadow comes later, in a record of its own. */
  shadow: z.null(),
})

/** What the new version would have answered; written after the caller had the champion's answer. */
export const shadowRecordSchema = z.object({
  kind: z.literal('shadow'),
  prediction_id: z.string(),
  at: z.number(),
  endpoint: z.string(),
  model: z.string(),
  version: z.number(),
  rollout_id: z.string(),
  outputs: columns,
  ms: z.number(),
  /** `CODE: detail`. SERVING_OVERLOADED means that the question was never asked, which is not the version's fault. */
  error: z.string().nullable(),
})

export const feedbackRecordSchema = z.object({
  kind: z.literal('feedback'),
  id: z.string(),
  at: z.number(),
  prediction_id: z.string(),
  label: z.union([z.number(), z.boolean()]),
  /** Replaces an earlier label on purpose. */
  correction: z.boolean().optional(),
  source: z.string().optional(),
})

export const spoolRecordSchema = z.discriminatedUnion('kind', [
  predictionRecordSchema,
  shadowRecordSchema,
  feedbackRecordSchema,
])

export type PredictionRecord = Readonly<z.infer<typeof predictionRecordSchema>>
export type ShadowRecord = Readonly<z.infer<typeof shadowRecordSchema>>
export type FeedbackRecord = Readonly<z.infer<typeof feedbackRecordSchema>>
export type SpoolRecord = PredictionRecord | ShadowRecord | FeedbackRecord

/** Shape of one line, checked by its kind and the fields that decide where it goes; `null` when it is none. */
export function parseSpoolLine(line: string): SpoolRecord | null {
  let found: SpoolRecord | null
  try {
    found = JSON.parse(line) as SpoolRecord | null
  } catch {
    return null
  }
  if (found === null) return null
  switch (found.kind) {
    case 'prediction':
      return typeof found.id === 'string' && typeof found.at === 'number' ? found : null
    case 'shadow':
    case 'feedback':
      return typeof found.prediction_id === 'string' ? found : null
    default:
      return null
  }
}
