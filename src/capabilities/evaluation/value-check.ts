import { rowsStillNeeded } from '../../statistics/required-sample.ts'
import type { EvaluatePolicy, GuardPolicy } from './schema.ts'

/** What a value must be, whatever the champion's is. */
export interface Limits {
  readonly least: number
  readonly most: number
}

export interface Estimate {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
}

/** The challenger's value with its interval against the limits: inside, outside, or across one of them. */
export function judged(
  { estimate, lower, upper }: Estimate,
  { least, most }: Limits,
  { rows, policy }: { readonly rows: number; readonly policy: EvaluatePolicy },
) {
  const known = Number.isFinite(lower) && Number.isFinite(upper)
  const measured = {
    challenger: Number.isFinite(estimate) ? estimate : null,
    interval: known ? { lo: lower, hi: upper, confidence: policy.confidence } : null,
    rows,
  }
  if (rows < policy.rows)
    return { ...measured, verdict: 'inconclusive' as const, rowsNeeded: policy.rows - rows }
  if (lower >= least && upper <= most)
    return { ...measured, verdict: 'passed' as const, rowsNeeded: null }
  if (upper < least || lower > most)
    return { ...measured, verdict: 'failed' as const, rowsNeeded: null }
  const margin = Math.min(Math.abs(estimate - least), Math.abs(estimate - most))
  const rowsNeeded = rowsStillNeeded({ rows, halfWidth: (upper - lower) / 2, margin })
  return { ...measured, verdict: 'inconclusive' as const, rowsNeeded }
}

/** The fields that a guard without a comparison leaves empty. */
export function plainCheck(guard: GuardPolicy, name: string, lowerIsBetter: boolean) {
  return {
    name,
    kind: 'guard' as const,
    unit: '',
    lowerIsBetter,
    difference: null,
    interval: null,
    boundary: null,
    required: guard.required,
    rows: null,
    rowsNeeded: null,
  }
}
