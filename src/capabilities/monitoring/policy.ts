import { z } from 'zod'
import { durationField } from '../../base/policy-fields.ts'

const duration = durationField.refine((ms) => ms > 0, 'expected more than nothing')
const rows = z.int().min(2)

const columnSchema = z.strictObject({
  /** `auto`: K-S for continuous columns, chi-square for the others, and PSI as the size that matters. */
  method: z.enum(['auto', 'psi', 'ks', 'chi2']).default('auto'),
  /** The score that counts as drift, if it is more than chance: PSI (0.2 unless given), or D for `ks` (any). */
  at: z.number().min(0).optional(),
  /** The level of significance after the correction for many columns; 1 - confidence unless given. */
  p: z.number().gt(0).lt(1).optional(),
  /** Its own window. Nothing is said before the log reaches that far back, so a year may be asked for. */
  window: duration.optional(),
  rows: rows.optional(),
  severity: z.enum(['warning', 'critical']).default('critical'),
})

const confidence = z.number().gt(0.5).lt(1)

const performanceSchema = z
  .strictObject({
    metric: z.enum(['mae', 'mse', 'rmse', 'accuracy']),
    at_most: z.number().gt(0).optional(),
    at_least: z.number().gt(0).lt(1).optional(),
    /** 0.15: the loss may be 15 % more than what it was when the version began. */
    worse_than_baseline: z.number().min(0).optional(),
    confidence: confidence.optional(),
    rows: rows.optional(),
  })
  .superRefine((guard, context) => {
    const given = [guard.at_most, guard.at_least, guard.worse_than_baseline]
    const message = 'expected exactly one of at_most, at_least and worse_than_baseline'
    if (given.filter((limit) => limit !== undefined).length !== 1)
      context.addIssue({ code: 'custom', path: [], message })
    const wrong = guard.metric === 'accuracy' ? 'at_most' : 'at_least'
    if (guard[wrong] !== undefined)
      context.addIssue({
        code: 'custom',
        path: [wrong],
        message: `${guard.metric} has no ${wrong}: ${wrong === 'at_most' ? 'more' : 'less'} of it is better`,
      })
  })

/** `models.NAME.monitor` of ratchet.yaml. */
export const monitorPolicySchema = z.strictObject({
  /** Cron, in project time. */
  schedule: z.string().min(1).default('0 6 * * *'),
  timezone: z.string().default('UTC'),
  /** How far back by event time. */
  window: duration.prefault('7d'),
  /** How long the truth takes: younger predictions are not counted, so that quick labels cannot bias the quality. */
  label_delay: durationField.default(0),
  /** Below this many rows the answer is inconclusive. */
  min_rows: rows.default(30),
  features: z.union([z.literal('all'), z.record(z.string(), columnSchema)]).default('all'),
  prediction: columnSchema.optional(),
  target: columnSchema.optional(),
  performance: performanceSchema.optional(),
  confidence: confidence.default(0.95),
})

export type MonitorPolicy = z.infer<typeof monitorPolicySchema>
export type ColumnPolicy = z.infer<typeof columnSchema>
export type PerformanceGuard = z.infer<typeof performanceSchema>
export type Role = 'feature' | 'prediction' | 'target'

/** One column to be watched, with all defaults in place. */
export interface ColumnRule {
  readonly column: string
  readonly role: Role
  readonly method: ColumnPolicy['method']
  readonly at: number | null
  /** Level after the correction. */
  readonly level: number
  readonly windowMs: number
  /** Its window must be covered by the log. */
  readonly whole: boolean
  readonly rows: number
  readonly severity: ColumnPolicy['severity']
}

const AUTO: ColumnPolicy = { method: 'auto', severity: 'critical' }

/** The rules of a policy; `all` stands for the features that the reference has. */
export function columnRules(
  policy: MonitorPolicy,
  referenceFeatures: readonly string[],
): readonly ColumnRule[] {
  const features: readonly (readonly [string, ColumnPolicy])[] =
    policy.features === 'all'
      ? referenceFeatures.map((name) => [name, AUTO] as const)
      : Object.entries(policy.features)
  return [
    ...features.map(([name, column]) =>
      columnRule(policy, { column: name, role: 'feature' }, column),
    ),
    ...(['prediction', 'target'] as const).flatMap((role) => {
      const column = policy[role]
      return column === undefined ? [] : [columnRule(policy, { column: role, role }, column)]
    }),
  ]
}

function columnRule(
  policy: MonitorPolicy,
  name: Pick<ColumnRule, 'column' | 'role'>,
  column: ColumnPolicy,
): ColumnRule {
  return {
    ...name,
    method: column.method,
    at: column.at ?? null,
    level: column.p ?? 1 - policy.confidence,
    windowMs: column.window ?? policy.window,
    whole: column.window !== undefined,
    rows: column.rows ?? policy.min_rows,
    severity: column.severity,
  }
}
