import type { ArmEvidence, ArmSummary, EvidenceSummary, RolloutEvidence } from './schema.ts'

export function summarizeEvidence(evidence: RolloutEvidence): EvidenceSummary {
  const { champion, challenger } = evidence
  return { ...evidence, champion: summarizeArm(champion), challenger: summarizeArm(challenger) }
}

function summarizeArm({ requests, errors, latenciesMs }: ArmEvidence): ArmSummary {
  const [p50Ms, p99Ms] = [nearestRank(latenciesMs, 0.5), nearestRank(latenciesMs, 0.99)]
  return { requests, errors, p50Ms, p99Ms }
}

/** The smallest value that a share of them does not exceed; null when there are none. */
export function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
