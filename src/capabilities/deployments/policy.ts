import { z } from 'zod'
import { durationField } from '../../base/policy-fields.ts'
import { formatDuration, parseDuration } from '../../base/time.ts'

export type Step =
  | { readonly kind: 'shadow'; readonly durationMs: number }
  /** Without a duration it lasts until the guards have passed. */
  | { readonly kind: 'canary'; readonly fraction: number; readonly durationMs: number | null }

/** `shadow 10m`, `5%`, `25% 2h`, `100%`; `null` when it is none of these. */
export function parseStep(text: string): Step | null {
  const [what = '', time, ...rest] = text.trim().split(/\s+/)
  const durationMs = time === undefined ? null : parseDuration(time)
  if (rest.length > 0 || (time !== undefined && durationMs === null)) return null
  if (what === 'shadow') return durationMs === null ? null : { kind: 'shadow', durationMs }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(what)?.[1]
  const fraction = percent === undefined ? 0 : Number(percent) / 100
  return fraction > 0 && fraction <= 1 ? { kind: 'canary', fraction, durationMs } : null
}

export function formatStep(step: Step): string {
  const time = step.durationMs === null ? '' : ` ${formatDuration(step.durationMs)}`
  return step.kind === 'shadow'
    ? `shadow${time}`
    : `${Number((step.fraction * 100).toFixed(2))}%${time}`
}

const stepSchema = z.string().transform((text, context): Step => {
  const step = parseStep(text)
  if (step !== null) return step
  context.addIssue('expected a step such as "shadow 10m", "5%", "25% 2h" or "100%"')
  return z.NEVER
})

const duration = durationField.refine((ms) => ms > 0, 'expected more than nothing')

const share = z.number().min(0).max(1)
const confidence = z.number().gt(0.5).lt(1)

const guardsSchema = z.strictObject({
  /** Requests that the challenger fails or answers too late, and the champion would not have. */
  errors: z
    .strictObject({
      at_most: share.default(0.01),
      /** So many failures in a row, the newest included, end the rollout at once. */
      fail_after: z.int().min(1).optional(),
    })
    .prefault({}),
  latency_p99: z
    .strictObject({
      /** 0.5 allows 1.5 times the champion's. */
      slower_at_most: z.number().min(0).default(0.5),
      /** Below it nobody minds, whatever the champion does. */
      ignore_below: duration.prefault('5ms'),
      /** A challenger that takes longer has failed, and the champion answers. */
      timeout: duration.prefault('1s'),
    })
    .prefault({}),
  /** Of the requests answered by both in shadow: how many answers may differ, and by how much of the champion's. */
  disagreement: z
    .strictObject({ at_most: share, tolerance: z.number().min(0).default(0) })
    .optional(),
  /** Loss on rows with labels: 0.1 allows a tenth more than the champion's. */
  quality: z
    .strictObject({ worse_at_most: z.number().min(0), confidence: confidence.default(0.95) })
    .optional(),
})

/** `models.NAME.deploy` of ratchet.yaml. */
export const deployPolicySchema = z.strictObject({
  /** The model's name, unless given. */
  endpoint: z.string().min(1).optional(),
  strategy: z.literal('canary').default('canary'),
  steps: z
    .array(stepSchema)
    .min(1)
    .superRefine((steps, context) => {
      for (const problem of stepProblems(steps))
        context.addIssue({ code: 'custom', path: [problem.index], message: problem.message })
    })
    .prefault(['shadow 10m', '5%', '25%', '100%']),
  guards: guardsSchema.prefault({}),
  /** A step is not left with fewer requests to the challenger than these. */
  min_requests: z.int().min(0).default(0),
  /** When a step's time is over, no guard fails and there is too little to say that all pass. */
  on_little_evidence: z.enum(['advance', 'hold']).default('hold'),
  /** A rollout of a challenger as good as the champion is aborted with at most 1 minus this probability. */
  confidence: confidence.default(0.95),
})

/** Resolved: durations in milliseconds, steps parsed. */
export type DeployPolicy = z.output<typeof deployPolicySchema>

interface StepProblem {
  readonly index: number
  readonly message: string
}

function stepProblems(steps: readonly Step[]): readonly StepProblem[] {
  const problems: StepProblem[] = []
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1]
    if (before?.kind !== 'canary') continue
    if (step.kind === 'shadow')
      problems.push({ index, message: 'shadow comes before the first share' })
    else if (step.fraction <= before.fraction)
      problems.push({ index, message: `expected more than ${formatStep(before)}` })
  }
  const last = steps.at(-1)
  if (last?.kind !== 'canary' || last.fraction !== 1)
    problems.push({
      index: Math.max(0, steps.length - 1),
      message: 'expected 100% as the last step',
    })
  return problems
}
