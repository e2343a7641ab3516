import { z } from 'zod'
import { durationField } from '../base/policy-fields.ts'
import { DAY_MS } from '../base/time.ts'
import { placeProblem } from '../capabilities/datasets/index.ts'
import { cronOfInterval } from './look-interval.ts'

export type DecisionId = `dec_${string}`

const windowField = z.strictObject({ last: durationField })

const UNTOLD_WINDOW =
  'expected window_param too: the entry of params.yaml by which the training learns how many days it may use'
const UNTOLD_HOLDOUT =
  'expected until_param too: the entry of params.yaml by which the training learns where to stop'

/** ratchet.yaml `train`: what is run, and which rows it may learn from. */
export const trainPolicySchema = z
  .strictObject({
    stage: z.string().min(1),
    model: z.string().min(1),
    data: z.string().min(1),
    /** Entry of params.yaml that holds the last day to learn from. */
    until_param: z.string().min(1).optional(),
    /** Entry of params.yaml that holds the length of the window in days. */
    window_param: z.string().min(1).optional(),
    window: z.union([z.literal('full'), windowField]).default('full'),
    /** The newest matured rows, kept from training: the gate's rows. */
    holdout: durationField.default(0),
  })
  .superRefine(({ window, window_param, holdout, until_param }, context) => {
    // A window that nobody tells the training would look kept and not be.
    if (window !== 'full' && window_param === undefined)
      context.addIssue({ code: 'custom', path: ['window'], message: UNTOLD_WINDOW })
    if (holdout > 0 && until_param === undefined)
      context.addIssue({ code: 'custom', path: ['holdout'], message: UNTOLD_HOLDOUT })
  })
export type TrainPolicy = z.output<typeof trainPolicySchema>

/** ratchet.yaml `data`: what a delivery must look like and where it arrives. */
export const dataPolicySchema = z.strictObject({
  contract: z.string().min(1),
  deliveries: z.string().min(1).optional(),
})
export type DataPolicy = z.output<typeof dataPolicySchema>

const budgetField = z.string().transform((text, context) => {
  const match = /^(\d+) per (day|week|month)$/.exec(text)
  const period = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS }[match?.[2] ?? '']
  if (match?.[1] !== undefined && period !== undefined)
    return { most: Number(match[1]), periodMs: period, text }
  context.addIssue(`"${text}" is not a budget such as "4 per week"`)
  return z.NEVER
})

const UNEVEN =
  'expected a time that divides a minute, an hour or a day evenly, such as 10s, 1m, 5m, 30m, 1h or 6h'

const placeField = z.string().superRefine((pattern, context) => {
  const problem = placeProblem(pattern)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** New files at a path, glob or address. */
const dataTriggerSchema = z.strictObject({
  data: placeField,
  /** What one look may start: a retraining for each file, one for all, or one for the newest. */
  take: z.enum(['each', 'coalesce', 'latest']).default('coalesce'),
  /** How often to look; a minute for paths, five for addresses unless said. */
  every: durationField.refine((ms) => cronOfInterval(ms) !== null, { message: UNEVEN }).optional(),
})

export const retrainTriggerSchema = z.union([
  z.strictObject({ schedule: z.string().min(1), timezone: z.string().optional() }),
  z.strictObject({ drift: z.enum(['critical', 'any']) }),
  z.strictObject({ performance: z.literal('degraded') }),
  dataTriggerSchema,
])

/** ratchet.yaml `retrain`: what makes the loop train again, and what holds it back. */
export const retrainPolicySchema = z.strictObject({
  on: z.array(retrainTriggerSchema).min(1),
  cooldown: durationField.default(0),
  budget: budgetField.optional(),
})
export type RetrainPolicy = z.output<typeof retrainPolicySchema>

export type TriggerKind = 'schedule' | 'drift' | 'performance' | 'data' | 'manual'

export interface Decision {
  readonly id: DecisionId
  readonly model: string
  readonly trigger: TriggerKind
  readonly decision: 'yes' | 'no'
  /** One word for programs: `cooldown`, `budget`, `running`, `rollout`, `paused`, `go`. */
  readonly reason: string
  readonly sentence: string
  readonly evidence: Readonly<Record<string, string | number | null>>
  readonly causedBy: string | null
  readonly at: number
  readonly runId: string | null
}
