import { z } from 'zod'

/** RFC 3339, UTC, milliseconds: `1988-12-31T00:00:00.000Z`. */
export const timestampSchema = z.iso.datetime({ precision: 3 })

/** Arrays of an answer are read-only, so that a capability's own read-only arrays fit. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly()
}

/** One page of a list. `next_page_token` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: listOf(item), next_page_token: z.string().nullable() })
}

/** Requests for a page. */
export const pageQuerySchema = z.object({
  page_token: z.string().optional(),
  page_size: z.coerce.number().int().min(1).max(1000).default(100),
})
export type PageQuery = z.infer<typeof pageQuerySchema>

/** Bounds of an estimate, in the unit of the estimate. Confidence is a share, such as 0.95. */
export const intervalSchema = z.object({
  lo: z.number(),
  hi: z.number(),
  confidence: z.number().gt(0).lt(1),
})
export type Interval = z.infer<typeof intervalSchema>

/** Too little data is inconclusive: neither passed nor failed. */
export const verdictSchema = z.enum(['passed', 'failed', 'inconclusive'])
export type Verdict = z.infer<typeof verdictSchema>

/** `bad` is rare: something was lost or a person is needed. A refusal that protects is a `warning`. */
export const severitySchema = z.enum(['good', 'info', 'warning', 'bad'])
export type Severity = z.infer<typeof severitySchema>

/**
 * Where the evidence of a sentence is: a thing, not an address; each client knows its own place for it.
 * `label` is one or two words, such as `gate` or `evidence`. A link to `why` takes any id of the project; the id of a
 * version is `churn/3`.
 */
export const linkSchema = z.object({
  page: z.enum([
    'model',
    'gate',
    'rollout',
    'alert',
    'job',
    'why',
    'run',
    'experiment',
    'registry',
    'version',
    'pipeline_run',
    'stage',
    'data',
  ]),
  id: z.string().min(1),
  label: z.string().min(1),
})
export type Link = z.infer<typeof linkSchema>

/** What a number measures. `unit` follows the number in print (`births a day`, `%`, `ms`); empty if it has none. */
export const metricSchema = z.object({
  name: z.string(),
  unit: z.string(),
  lower_is_better: z.boolean(),
})
export type Metric = z.infer<typeof metricSchema>
