import { blockBootstrap } from '../../statistics/block-bootstrap.ts'
import type { Metric } from '../../statistics/metric.ts'
import { metricNamed } from '../../statistics/metrics.ts'
import { mean } from '../../statistics/moments.ts'
import type { PairedRow } from './arms.ts'
import { checkFairness } from './fairness-check.ts'
import { checkImprovement, percent } from './improvement-check.ts'
import {
  type EvaluatePolicy,
  type FactName,
  type GateArm,
  type GateCheck,
  type GateRow,
  type GateVerdict,
  type GuardPolicy,
  isFact,
  type MetricGuardPolicy,
} from './schema.ts'
import { judged, type Limits, plainCheck } from './value-check.ts'

export interface GuardSubject {
  readonly policy: EvaluatePolicy
  readonly champion: GateArm | null
  readonly challenger: GateArm
  /** Every row that the challenger answered. */
  readonly rows: readonly GateRow[]
  /** Those that the champion answered, too. */
  readonly paired: readonly PairedRow[]
}

/** One guard; `null` for one that is relative to a champion where there is none. */
export function checkGuard(guard: GuardPolicy, subject: GuardSubject): GateCheck | null {
  if ('fairness' in guard) return checkFairness(guard, subject)
  if (isFact(guard.metric)) return checkFact(guard, guard.metric, subject)
  if (guard.worse_at_most === undefined)
    return checkValue(guard, metricNamed(guard.metric), subject)
  return subject.champion === null
    ? null
    : checkImprovement({
        name: guard.name ?? guard.metric,
        kind: 'guard',
        metric: guard.metric,
        rows: subject.paired,
        confidence: subject.policy.confidence,
        demand: { kind: 'margin', share: guard.worse_at_most },
        leastRows: subject.policy.rows,
        required: guard.required,
      })
}

type AskedLimits = Limits & { readonly asked: string }

function limitsOf(guard: MetricGuardPolicy, rows: readonly GateRow[]): AskedLimits {
  if (guard.within !== undefined) {
    const typical = mean(rows.map(({ label }) => Math.abs(Number(label))))
    const reach = guard.within * typical
    const asked = `within ± ${percent(guard.within)} of the mean label`
    return { least: -reach, most: reach, asked }
  }
  return {
    least: guard.at_least ?? -Infinity,
    most: guard.at_most ?? Infinity,
    asked: guard.at_least === undefined ? `at most ${guard.at_most}` : `at least ${guard.at_least}`,
  }
}

function checkValue(guard: MetricGuardPolicy, metric: Metric, subject: GuardSubject): GateCheck {
  const { rows, paired, policy } = subject
  const limits = limitsOf(guard, rows)
  const estimate = blockBootstrap(
    (chosen) => {
      const picked = Array.from(chosen, (index) => rows[index] as GateRow)
      return metric.compute({
        labels: picked.map(({ label }) => label),
        predictions: picked.map(({ challenger }) => challenger),
      })
    },
    { rows: rows.length, confidence: policy.confidence, sides: 'one' },
  )
  const champion = metric.compute({
    labels: paired.map(({ label }) => label),
    predictions: paired.map((row) => row.champion),
  })
  return {
    ...plainCheck(guard, guard.name ?? guard.metric, metric.better !== 'higher'),
    champion: Number.isFinite(champion) ? champion : null,
    asked: limits.asked,
    ...judged(estimate, limits, { rows: rows.length, policy }),
  }
}

const FACT_UNITS: Readonly<Record<FactName, string>> = { latency_p99_ms: 'ms', size_bytes: 'bytes' }

function checkFact(
  guard: MetricGuardPolicy,
  name: FactName,
  { champion, challenger }: GuardSubject,
): GateCheck | null {
  const value = challenger.facts?.[name] ?? null
  const before = champion?.facts?.[name] ?? null
  if (guard.worse_at_most !== undefined && champion === null) return null
  const most =
    guard.worse_at_most === undefined ? guard.at_most : grown(before, guard.worse_at_most)
  const limits = { least: guard.at_least ?? -Infinity, most: most ?? Infinity }
  const unit = FACT_UNITS[name]
  return {
    ...plainCheck(guard, guard.name ?? name, true),
    champion: before,
    challenger: value,
    unit,
    asked:
      guard.worse_at_most === undefined
        ? `${limitsOf(guard, []).asked} ${unit}`
        : `worse by at most ${percent(guard.worse_at_most)}`,
    verdict: factVerdict(
      value,
      guard.worse_at_most !== undefined && before === null ? null : limits,
    ),
  }
}

const grown = (before: number | null, share: number): number | undefined =>
  before === null ? undefined : before * (1 + share)

function factVerdict(value: number | null, limits: Limits | null): GateVerdict {
  if (value === null || limits === null) return 'inconclusive'
  return value >= limits.least && value <= limits.most ? 'passed' : 'failed'
}
