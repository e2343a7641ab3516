import type { CheckResult, Contract } from './schema.ts'

/** Are the columns of the contract there, and no others where it refuses others? */
export function columnChecks(contract: Contract, found: readonly string[]): readonly CheckResult[] {
  const wanted = Object.keys(contract.columns)
  const extra = found.filter((name) => !wanted.includes(name))
  const missing = wanted.filter((name) => !found.includes(name))
  const renamed = probableNames(missing, extra)
  const presence = wanted.map((name) => presenceOf(name, found.includes(name), renamed.get(name)))
  if (contract.extra_columns === 'allow') return presence
  return [...presence, ...extra.map(extraColumn)]
}

function presenceOf(column: string, isThere: boolean, renamed: string | undefined): CheckResult {
  const base = { check: 'column', column, expected: 'present', failing: 0, examples: [] } as const
  if (isThere) return { ...base, verdict: 'passed', message: `${column}: present` }
  const guess = renamed === undefined ? '' : `; "${renamed}" is there instead: probably renamed`
  return { ...base, verdict: 'failed', message: `${column}: the column is missing${guess}` }
}

function extraColumn(column: string): CheckResult {
  const message = `${column}: the contract does not have this column`
  return {
    check: 'extra_column',
    column,
    expected: 'absent',
    verdict: 'failed',
    message,
    failing: 0,
    examples: [],
  }
}

/** For each missing column the extra one that it was probably renamed to: the only one there is, or the one spelt most like it. */
export function probableNames(
  missing: readonly string[],
  extra: readonly string[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const name of missing) {
    const [nearest] = extra
      .map((other) => ({ other, distance: editDistance(name.toLowerCase(), other.toLowerCase()) }))
      .toSorted((a, b) => a.distance - b.distance)
    if (nearest === undefined) continue
    const near = nearest.distance <= Math.max(name.length, nearest.other.length) / 2
    if (near || (missing.length === 1 && extra.length === 1)) names.set(name, nearest.other)
  }
  return names
}

/** Levenshtein: insertions, deletions and replacements of one character. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replaced))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
