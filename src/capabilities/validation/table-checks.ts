import { formatDuration, parseDuration, parseTime } from '../../base/time.ts'
import type { CheckResult, Contract } from './schema.ts'

/** Rules about the table as a whole: how many rows, and how old the newest is. */
export function rowsCheck(rule: Contract['rows'], rows: number): readonly CheckResult[] {
  if (rule === undefined) return []
  const { min = 0, max = Number.POSITIVE_INFINITY } = rule
  const expected = Number.isFinite(max) ? `${min} to ${max} rows` : `at least ${min} rows`
  return [
    wholeTable('rows', null, expected, {
      holds: rows >= min && rows <= max,
      found: `${rows} rows`,
    }),
  ]
}

export function freshnessCheck(
  { freshness }: Contract,
  newest: unknown,
  now: number,
): readonly CheckResult[] {
  if (freshness === undefined) return []
  const { column, within } = freshness
  const at = typeof newest === 'string' ? parseTime(newest) : null
  const expected = `the newest at most ${within} old`
  if (at === null)
    return [
      wholeTable('freshness', column, expected, { holds: false, found: 'no date in any row' }),
    ]
  const age = now - at
  const found = `the newest is ${newest}, ${formatDuration(Math.max(0, age))} old`
  return [
    wholeTable('freshness', column, expected, {
      holds: age <= (parseDuration(within) ?? 0),
      found,
    }),
  ]
}

function wholeTable(
  check: 'rows' | 'freshness',
  column: string | null,
  expected: string,
  { holds, found }: { readonly holds: boolean; readonly found: string },
): CheckResult {
  const subject = column ?? check
  const message = holds
    ? `${subject}: ${found}`
    : `${subject}: expected ${expected}; found ${found}`
  return {
    check,
    column,
    expected,
    verdict: holds ? 'passed' : 'failed',
    message,
    failing: 0,
    examples: [],
  }
}
