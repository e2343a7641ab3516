import { z } from 'zod'
import { METRIC_NAMES, type MetricName } from '../../statistics/metrics.ts'
import type { Outcome } from '../../statistics/metric.ts'

export type GateId = `gate_${string}`
export type GateVerdict = 'passed' | 'failed' | 'inconclusive'

const share = z.number().gt(0).lt(1)
const outcome = z.union([z.string(), z.number()])

/** Rows on which the challenger may be worse by so much, but not by more. */
const sliceSchema = z.strictObject({
  column: z.string().min(1),
  in: z.array(outcome).min(1),
  worse_at_most: z.number().min(0).lt(10),
  name: z.string().min(1).optional(),
  /** Without enough rows to tell, a required one blocks. */
  required: z.boolean().default(false),
})
export type SlicePolicy = z.output<typeof sliceSchema>

/** Facts about a version that are measured once, not per row. */
const FACT_NAMES = ['latency_p99_ms', 'size_bytes'] as const
export type FactName = (typeof FACT_NAMES)[number]

const LIMITS = ['at_most', 'at_least', 'within', 'worse_at_most'] as const

const metricGuardSchema = z
  .strictObject({
    metric: z.enum([...METRIC_NAMES, ...FACT_NAMES]),
    at_most: z.number().optional(),
    at_least: z.number().optional(),
    /** Of `bias`: this share of the mean absolute label, to either side. */
    within: z.number().gt(0).optional(),
    /** Relative to the champion: 0.1 is ten per cent. */
    worse_at_most: z.number().min(0).optional(),
    name: z.string().min(1).optional(),
    required: z.boolean().default(true),
  })
  .superRefine((guard, context) => {
    const given = LIMITS.filter((limit) => guard[limit] !== undefined)
    if (given.length !== 1)
      context.addIssue(
        `a guard has exactly one of ${LIMITS.join(', ')}; this one has ${given.length}`,
      )
    if (guard.within !== undefined && guard.metric !== 'bias')
      context.addIssue({ code: 'custom', path: ['within'], message: '`within` is for bias' })
  })
export type MetricGuardPolicy = z.output<typeof metricGuardSchema>

const fairnessGuardSchema = z.strictObject({
  /** The lowest share of positive predictions of any group, over the highest. */
  fairness: z.literal('disparate_impact'),
  by: z.string().min(1),
  at_least: z.number().gt(0).max(1),
  /** The prediction that is the good outcome. */
  positive: outcome.default(1),
  /** Smaller groups are left out: their shares are chance. */
  group_rows: z.number().int().min(1).default(30),
  name: z.string().min(1).optional(),
  required: z.boolean().default(true),
})
export type FairnessGuardPolicy = z.output<typeof fairnessGuardSchema>

const jsonSchemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' })

// Not a plain union: by its key a guard says which kind it is, so that a mistake is shown in the kind that was meant.
const guardSchema = z
  .unknown()
  .meta({ anyOf: [jsonSchemaOf(metricGuardSchema), jsonSchemaOf(fairnessGuardSchema)] })
  .transform((value, context): MetricGuardPolicy | FairnessGuardPolicy => {
    const isFairness = typeof value === 'object' && value !== null && 'fairness' in value
    const parsed = (isFairness ? fairnessGuardSchema : metricGuardSchema).safeParse(value)
    if (parsed.success) return parsed.data
    context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]))
    return z.NEVER
  })

/** ratchet.yaml `evaluate`: what a challenger must show before it may answer anyone. */
export const evaluatePolicySchema = z
  .strictObject({
    metric: z.enum(METRIC_NAMES),
    target: z.string().min(1).optional(),
    /** Better by more than this, relative to the champion. 0 when neither is given. */
    gain: z.number().min(0).lt(1).optional(),
    /** Or: worse by less than this, for a challenger that is wanted for another reason. */
    margin: z.number().gt(0).lt(1).optional(),
    /** Of each bound of an interval, so 1 minus the chance that one no better than asked passes. */
    confidence: share.min(0.5).default(0.95),
    /** With fewer nothing is decided. */
    rows: z.number().int().min(2).default(30),
    slices: z.array(sliceSchema).default([]),
    guards: z.array(guardSchema).default([]),
  })
  .superRefine((policy, context) => {
    if (policy.gain !== undefined && policy.margin !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['margin'],
        message: '`gain` asks for better, `margin` for not much worse: give one of them',
      })
  })
export type EvaluatePolicy = z.output<typeof evaluatePolicySchema>
export type GuardPolicy = EvaluatePolicy['guards'][number]

/** One row with its truth, what both versions said of it, and the columns that slices and fairness ask for. */
export interface GateRow {
  /** When it happened, in milliseconds: neighbours in time are not independent. */
  readonly at?: number | undefined
  readonly label: Outcome
  /** `null` where there is no champion. */
  readonly champion: Outcome | null
  readonly challenger: Outcome
  readonly columns?: Readonly<Record<string, Outcome | null>> | undefined
}

/** A version that is compared, and what was measured of it. */
export interface GateArm {
  readonly version: number
  readonly facts?: Readonly<Partial<Record<FactName, number>>> | undefined
}

export interface GateInput {
  readonly policy: EvaluatePolicy
  readonly champion: GateArm | null
  readonly challenger: GateArm
  readonly rows: readonly GateRow[]
}

/** Challenger minus champion; `%` is relative to the champion, any other unit absolute. */
interface GateDifference {
  readonly value: number
  readonly lo: number
  readonly hi: number
  /** Of each bound alone. */
  readonly confidence: number
  readonly unit: string
}

export interface GateCheck {
  readonly name: string
  readonly kind: 'primary' | 'slice' | 'guard'
  readonly champion: number | null
  readonly challenger: number | null
  readonly unit: string
  readonly lowerIsBetter: boolean
  readonly difference: GateDifference | null
  /** Interval of the challenger's own value, where the demand is about it and not about the difference. */
  readonly interval: {
    readonly lo: number
    readonly hi: number
    readonly confidence: number
  } | null
  /** The demand, in words. */
  readonly asked: string
  /** The demand as a number in the unit of the difference; the interval must be on its better side. */
  readonly boundary: number | null
  readonly verdict: GateVerdict
  /** Whether the gate waits for it when it is inconclusive. */
  readonly required: boolean
  readonly rows: number | null
  readonly rowsNeeded: number | null
}

export interface GateReport {
  readonly verdict: GateVerdict
  readonly sentence: string
  readonly rows: number
  readonly rowsNeeded: number | null
  readonly checks: readonly GateCheck[]
  /** Rows on which the challenger is nearer to the truth, farther, and as near. */
  readonly paired: { readonly wins: number; readonly losses: number; readonly ties: number } | null
  /** How the intervals were made, in words. */
  readonly method: string
  readonly period: { readonly from: number; readonly to: number } | null
}

/** What the two versions were made from, side by side, for the reader. */
export interface GateComparison {
  readonly name: string
  readonly champion: string | null
  readonly challenger: string | null
  readonly kind: 'param' | 'data' | 'commit' | 'run' | 'feature'
}

/** Everything needed to decide it again. */
export interface GateEvidence {
  readonly policy: EvaluatePolicy
  readonly champion: GateArm | null
  readonly challenger: GateArm
  /** The first of them; `report.rows` says how many there were. */
  readonly rows: readonly GateRow[]
}

export interface StoredGate {
  readonly id: GateId
  /** Of whoever asked: the same key again gives the same gate. */
  readonly key: string
  readonly model: string
  readonly champion: number | null
  readonly challenger: number
  readonly at: number
  readonly causedBy: string | null
  readonly report: GateReport
  readonly comparison: readonly GateComparison[]
  readonly evidence: GateEvidence
}

export const isFact = (name: MetricName | FactName): name is FactName =>
  FACT_NAMES.some((fact) => fact === name)
