import { z } from 'zod'
import { qualityPointSchema } from './models.ts'
import { linkSchema, listOf, metricSchema, severitySchema, timestampSchema } from './values.ts'

/** Both optional: without them, the whole history. */
export const timelineQuerySchema = z.object({
  from: timestampSchema.optional(),
  to: timestampSchema.optional(),
})
export type TimelineQuery = z.infer<typeof timelineQuerySchema>

/** One feature in one window; above `floor` it moved by more than chance. */
export const driftCellSchema = z.object({
  feature: z.string(),
  at: timestampSchema,
  score: z.number(),
  floor: z.number(),
})
export type DriftCell = z.infer<typeof driftCellSchema>

/** Requests answered, failed and by now labelled in one window. */
export const trafficPointSchema = z.object({
  at: timestampSchema,
  answered: z.number().int(),
  failed: z.number().int(),
  labelled: z.number().int(),
})
export type TrafficPoint = z.infer<typeof trafficPointSchema>

/** When a version answered; `to` is null while it still does. */
export const versionSpanSchema = z.object({
  version: z.number().int(),
  from: timestampSchema,
  to: timestampSchema.nullable(),
  status: z.enum(['champion', 'retired', 'rolled_back']),
})
export type VersionSpan = z.infer<typeof versionSpanSchema>

export const timelineEventSchema = z.object({
  id: z.string(),
  at: timestampSchema,
  kind: z.enum([
    'retraining',
    'gate_passed',
    'gate_refused',
    'data_arrived',
    'data_refused',
    'rollout',
    'rolled_back',
    'promoted',
    'alert',
    'control_plane_restarted',
  ]),
  severity: severitySchema,
  label: z.string(),
  link: linkSchema.nullable(),
})
export type TimelineEvent = z.infer<typeof timelineEventSchema>

/**
 * Everything that happened to a model on one time axis. Windows are named by the time they end. `baseline` is the
 * first model left alone, scored on the same rows, where it is known. `extent` is the whole history, of which
 * `from` to `to` was asked.
 */
export const timelineSchema = z.object({
  model: z.string(),
  from: timestampSchema,
  to: timestampSchema,
  extent: z.object({ from: timestampSchema, to: timestampSchema }),
  window_days: z.number(),
  metric: metricSchema,
  guard: z.number().nullable(),
  quality: listOf(qualityPointSchema),
  baseline: z
    .object({
      label: z.string(),
      points: listOf(z.object({ at: timestampSchema, value: z.number() })),
    })
    .nullable(),
  drift: z.object({ method: z.string(), cells: listOf(driftCellSchema) }),
  traffic: listOf(trafficPointSchema),
  versions: listOf(versionSpanSchema),
  events: listOf(timelineEventSchema),
})
export type Timeline = z.infer<typeof timelineSchema>
