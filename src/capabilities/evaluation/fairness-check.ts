import { blockBootstrap } from '../../statistics/block-bootstrap.ts'
import type { EvaluatePolicy, FairnessGuardPolicy, GateCheck, GateRow } from './schema.ts'
import { judged, plainCheck } from './value-check.ts'

export interface FairnessSubject {
  readonly policy: EvaluatePolicy
  readonly rows: readonly GateRow[]
  /** Those that the champion answered, too. */
  readonly paired: readonly GateRow[]
}

/** Do groups get the good outcome about as often? Too few groups of enough rows: inconclusive. */
export function checkFairness(
  guard: FairnessGuardPolicy,
  { rows, paired, policy }: FairnessSubject,
): GateCheck {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const group = groupOf(row, guard.by)
    if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  const groups = [...counts].filter(([, count]) => count >= guard.group_rows).map(([name]) => name)
  const ratio = (arm: 'champion' | 'challenger', of: readonly GateRow[]): number =>
    disparateImpact(of, { groups, by: guard.by, positive: String(guard.positive), arm })
  const estimate = blockBootstrap(
    (chosen) =>
      ratio(
        'challenger',
        Array.from(chosen, (index) => rows[index] as GateRow),
      ),
    { rows: groups.length < 2 ? 0 : rows.length, confidence: policy.confidence, sides: 'one' },
  )
  const champion = ratio('champion', paired)
  const asked = `at least ${guard.at_least}`
  return {
    ...plainCheck(guard, guard.name ?? `disparate impact by ${guard.by}`, false),
    champion: Number.isFinite(champion) ? champion : null,
    asked,
    ...judged(estimate, { least: guard.at_least, most: Infinity }, { rows: rows.length, policy }),
  }
}

function groupOf(row: GateRow, column: string): string | null {
  const value = row.columns?.[column] ?? null
  return value === null ? null : String(value)
}

interface ImpactOf {
  readonly groups: readonly string[]
  readonly by: string
  readonly positive: string
  readonly arm: 'champion' | 'challenger'
}

// Ratio of the lowest to the highest share of positive predictions (the four-fifths rule's measure).
function disparateImpact(
  rows: readonly GateRow[],
  { groups, by, positive, arm }: ImpactOf,
): number {
  if (groups.length < 2) return Number.NaN
  const shares = groups.map((group) => {
    const members = rows.filter((row) => groupOf(row, by) === group)
    return members.filter((row) => String(row[arm]) === positive).length / members.length
  })
  return Math.min(...shares) / Math.max(...shares)
}
