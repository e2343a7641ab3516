import { exceedanceEvidence } from '../../statistics/mean-exceedance.ts'
import { meanInterval, type MeanInterval } from '../../statistics/mean-interval.ts'
import { wilsonInterval } from '../../statistics/two-proportions.ts'
import type { MonitorPolicy, PerformanceGuard } from './policy.ts'
import type { QualityReport } from './report.ts'

export type Metric = PerformanceGuard['metric']

/** A matured, labelled answer of the version. */
export interface ScoredRow {
  readonly at: number
  readonly output: number
  readonly label: number
}

export interface QualityInput {
  readonly policy: Pick<MonitorPolicy, 'performance' | 'confidence' | 'min_rows'>
  /** All labelled rows of the version by event time, or the newest of them. */
  readonly rows: readonly ScoredRow[]
  /** Labelled rows of the version before `rows`. */
  readonly before: number
  /** The very first labelled rows of the version: its baseline, if it has no other. */
  readonly first: readonly ScoredRow[]
  /** Where the window begins that is shown and must be bad still. */
  readonly from: number
  /** Rows of the window that are old enough for a truth. */
  readonly matured: number
  /** Mean loss of the version where it was accepted, such as the gate's; else its first rows here. */
  readonly baseline: number | null
}

/** The loss of one row whose mean is the metric (its square, for rmse; its complement, for accuracy). Never negative. */
export function lossOf(metric: Metric, { output, label }: Omit<ScoredRow, 'at'>): number {
  switch (metric) {
    case 'mae':
      return Math.abs(output - label)
    case 'mse':
    case 'rmse':
      return (output - label) ** 2
    case 'accuracy':
      return output === label ? 0 : 1
  }
}

/**
 * Is the version worse than allowed? Degraded when the evidence of all its matured rows since it began reaches 1/alpha
 * (valid however often one looks, see `exceedanceEvidence`) and the window is worse than the limit still, so that a
 * trouble that is over does not count for ever.
 */
export function decideQuality(input: QualityInput): QualityReport {
  const guard = input.policy.performance
  const inWindow = input.rows.filter(({ at }) => at >= input.from)
  const counts = { matured: input.matured, labelled: inWindow.length }
  if (guard === undefined) return nothing(counts, 'No performance guard is set')
  const least = guard.rows ?? input.policy.min_rows
  const confidence = guard.confidence ?? input.policy.confidence
  const interval = windowInterval(guard.metric, inWindow, confidence)
  const shown = { ...nothing(counts, ''), ...toMetric(guard.metric, interval) }
  const bound = lossLimit(guard, { ...input, least })
  if (bound === null || inWindow.length < least) {
    const needs = Math.max(
      1,
      bound === null ? 2 * least - input.rows.length : least - inWindow.length,
    )
    const reason = `${inWindow.length} labelled rows of the ${input.matured} matured; needs ${needs} more`
    return { ...shown, metric: guard.metric, needs, reason }
  }
  const evidence = evidenceOf(guard, input, bound)
  const needed = 1 / (1 - confidence)
  const limit = metricOf(guard.metric, bound.limit)
  const degraded = evidence >= needed && interval.mean > bound.limit
  return {
    ...shown,
    verdict: degraded ? 'degraded' : 'ok',
    metric: guard.metric,
    limit,
    evidence: Math.min(evidence, 1e12),
    needed,
    reason: sentence({ ...shown, metric: guard.metric, limit }, degraded),
  }
}

interface Bound {
  /** In losses. */
  readonly limit: number
  /** Rows that the baseline was made of: they prove nothing against it. */
  readonly spent: number
}

function lossLimit(guard: PerformanceGuard, input: QualityInput & { least: number }): Bound | null {
  const { metric, at_most, at_least, worse_than_baseline: worse } = guard
  if (at_most !== undefined) return { limit: metric === 'rmse' ? at_most ** 2 : at_most, spent: 0 }
  if (at_least !== undefined) return { limit: 1 - at_least, spent: 0 }
  const factor = (1 + (worse ?? 0)) ** (metric === 'rmse' ? 2 : 1)
  if (input.baseline !== null && input.baseline > 0)
    return { limit: input.baseline * factor, spent: 0 }
  if (input.before + input.rows.length < 2 * input.least) return null
  const losses = input.first.slice(0, input.least).map((row) => lossOf(metric, row))
  const limit = cautiousMean(metric, losses) * factor
  return limit > 0 ? { limit, spent: Math.max(0, input.least - input.before) } : null
}

// The upper bound, so that a lucky start does not make an ordinary version look degraded.
function cautiousMean(metric: Metric, losses: readonly number[]): number {
  if (metric !== 'accuracy') return meanInterval(losses, { confidence: 0.95, sides: 'one' }).upper
  const count = losses.reduce((sum, loss) => sum + loss, 0)
  return wilsonInterval({ count, rows: losses.length }).upper
}

function evidenceOf({ metric }: PerformanceGuard, { rows, before }: QualityInput, bound: Bound) {
  const losses = rows.slice(bound.spent).map((row) => lossOf(metric, row))
  return exceedanceEvidence({ losses, limit: bound.limit, before })
}

function windowInterval(metric: Metric, rows: readonly ScoredRow[], confidence: number) {
  return meanInterval(
    rows.map((row) => lossOf(metric, row)),
    { confidence },
  )
}

function toMetric(metric: Metric, { rows, mean, lower, upper }: MeanInterval) {
  if (rows === 0) return {}
  const known = rows > 1
  const bounds = [Math.max(0, lower), upper].map((loss) => (known ? metricOf(metric, loss) : null))
  const [lo = null, hi = null] = metric === 'accuracy' ? bounds.toReversed() : bounds
  return { estimate: metricOf(metric, mean), lo, hi }
}

function metricOf(metric: Metric, loss: number): number {
  if (metric === 'accuracy') return Math.max(0, 1 - loss)
  return metric === 'rmse' ? Math.sqrt(loss) : loss
}

function nothing(
  counts: Pick<QualityReport, 'matured' | 'labelled'>,
  reason: string,
): QualityReport {
  const none = { metric: null, estimate: null, lo: null, hi: null, limit: null }
  const undecided = { evidence: null, needed: null, needs: null }
  return { verdict: 'inconclusive', reason, ...none, ...counts, ...undecided }
}

function sentence(report: QualityReport, degraded: boolean): string {
  const number = (value: number | null): string =>
    value === null ? 'unknown' : String(Number(value.toPrecision(4)))
  const { metric, estimate, lo, hi, limit, labelled } = report
  const found = `${metric} ${number(estimate)} (${number(lo)} to ${number(hi)}) over ${labelled} matured rows`
  const better = metric === 'accuracy' ? 'above' : 'below'
  return degraded
    ? `${found} is worse than ${number(limit)}`
    : `${found}; not shown to be worse than ${number(limit)}, which it should stay ${better}`
}
