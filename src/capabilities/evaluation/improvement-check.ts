import { metricNamed, type MetricName } from '../../statistics/metrics.ts'
import { rowsStillNeeded } from '../../statistics/required-sample.ts'
import { type ArmsCompared, compareArms, type PairedRow } from './arms.ts'
import type { GateCheck, GateVerdict } from './schema.ts'

/** Relative to the champion: better by more than a share, or worse by no more than it. */
export interface Demand {
  readonly kind: 'gain' | 'margin'
  readonly share: number
}

export interface ImprovementDemand {
  readonly name: string
  readonly kind: GateCheck['kind']
  readonly metric: MetricName
  readonly rows: readonly PairedRow[]
  readonly confidence: number
  readonly demand: Demand
  /** With fewer rows nothing is decided. */
  readonly leastRows: number
  readonly required: boolean
}

/** The challenger against the champion on the same rows: better by enough, not by enough, or not known. */
export function checkImprovement(input: ImprovementDemand): GateCheck {
  const { name, kind, required, confidence } = input
  const metric = metricNamed(input.metric)
  const sign = metric.better === 'higher' ? 1 : -1
  const arms = compareArms(metric, input.rows, confidence)
  const gained = improvement(arms, sign)
  const strict = input.demand.kind === 'gain'
  // A share of zero is zero: of a champion without error any gain is asked for, and no loss allowed.
  const least = arms.relative ? (strict ? 1 : -1) * input.demand.share : 0
  const scale = arms.relative ? 100 : 1
  const known = Number.isFinite(arms.lower) && Number.isFinite(arms.upper)
  return {
    name,
    kind,
    champion: finite(arms.champion),
    challenger: finite(arms.challenger),
    unit: unitOf(input.metric),
    lowerIsBetter: metric.better !== 'higher',
    difference: known
      ? {
          value: arms.value * scale,
          lo: arms.lower * scale,
          hi: arms.upper * scale,
          confidence,
          unit: arms.relative ? '%' : unitOf(input.metric),
        }
      : null,
    interval: null,
    asked: askedImprovement(input.demand),
    boundary: sign * least * scale + 0,
    required,
    ...decide(gained, { least, strict, rows: input.rows.length, leastRows: input.leastRows }),
  }
}

interface Improvement {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

function improvement({ value, lower, upper }: ArmsCompared, sign: 1 | -1): Improvement {
  return sign === 1 ? { value, lower, upper } : { value: -value, lower: -upper, upper: -lower }
}

interface Ask {
  readonly least: number
  /** Whether reaching `least` exactly is not enough. */
  readonly strict: boolean
  readonly rows: number
  readonly leastRows: number
}

function decide(
  { value, lower, upper }: Improvement,
  { least, strict, rows, leastRows }: Ask,
): { verdict: GateVerdict; rows: number; rowsNeeded: number | null } {
  if (rows < leastRows) return { verdict: 'inconclusive', rows, rowsNeeded: leastRows - rows }
  if (lower > least || (lower === least && !strict))
    return { verdict: 'passed', rows, rowsNeeded: null }
  if (upper < least) return { verdict: 'failed', rows, rowsNeeded: null }
  const halfWidth = value >= least ? value - lower : upper - value
  const rowsNeeded = rowsStillNeeded({ rows, halfWidth, margin: Math.abs(value - least) })
  return { verdict: 'inconclusive', rows, rowsNeeded }
}

/** `better by more than 1.5 %`, `better`, `worse by at most 5 %`, `not worse`. */
function askedImprovement({ kind, share }: Demand): string {
  if (share === 0) return kind === 'gain' ? 'better' : 'not worse'
  return kind === 'gain'
    ? `better by more than ${percent(share)}`
    : `worse by at most ${percent(share)}`
}

/** `0.041` → `4.1 %`. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

// The unit of the target is the project's to know.
function unitOf(metric: MetricName): string {
  return metricNamed(metric).unit === 'nats' ? 'nats' : ''
}
