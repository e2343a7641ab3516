import type { ModelPolicy } from '../../automation/policy.ts'
import { toIso } from '../../base/time.ts'
import type { GuardResult, Rollout, RolloutView } from '../../capabilities/deployments/index.ts'
import type { RolloutEvidence, RolloutGuard } from './contract.ts'
import { metricOf } from './metric.ts'

/** Shares are shown in per cent, times in ms, losses in the unit of the metric. */
interface Scale {
  readonly factor: number
  readonly unit: string
}

function scaleOf(guard: Pick<GuardResult, 'unit'>, policy: ModelPolicy): Scale {
  switch (guard.unit) {
    case 'share':
      return { factor: 100, unit: '%' }
    case 'ms':
      return { factor: 1, unit: 'ms' }
    case 'loss':
      return { factor: 1, unit: lossMetric(policy).unit }
  }
}

function lossMetric(policy: ModelPolicy) {
  return metricOf(policy.evaluate?.metric ?? policy.monitor?.performance?.metric ?? 'mae', policy)
}

/** The confidence sequence of the guard that the page draws. */
export function toEvidence(
  { guard, points }: NonNullable<RolloutView['sequence']>,
  { policy: deploy, endedAt }: Rollout,
  policy: ModelPolicy,
): RolloutEvidence {
  const { factor, unit } = scaleOf(guard, policy)
  const isQuality = guard.guard === 'quality'
  const name = isQuality ? lossMetric(policy).name : guard.guard
  return {
    metric: { name, unit, lower_is_better: true },
    counted_in: isQuality ? 'labels' : 'requests',
    confidence: (isQuality ? deploy.guards.quality?.confidence : undefined) ?? deploy.confidence,
    boundary: scaled(guard.limit, factor),
    points: points.map(({ n, at, estimate, lo, hi }) => ({
      n,
      at: toIso(at),
      estimate: estimate * factor,
      lo: lo * factor,
      hi: hi * factor,
    })),
    // The other guards wait for requests, not for labels.
    labels_needed:
      isQuality && endedAt === null && guard.needs !== null ? Math.ceil(guard.needs) : null,
  }
}

export function toGuard(guard: GuardResult, policy: ModelPolicy): RolloutGuard {
  const { factor, unit } = scaleOf(guard, policy)
  return {
    name: guard.guard,
    unit,
    champion: scaled(guard.champion, factor),
    challenger: scaled(guard.challenger, factor),
    asked: guard.asked,
    verdict: guard.verdict,
    sentence: guard.sentence,
  }
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor
}
