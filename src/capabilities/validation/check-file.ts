import {
  type Analytics,
  identifier,
  literal,
  openTextTable,
  type ScanRow,
  type TextTable,
} from '../../storage/analytics/index.ts'
import { columnChecks } from './columns.ts'
import { freshnessCheck, rowsCheck } from './table-checks.ts'
import { type Rule, rulesOf, typedValue } from './rules.ts'
import type { CheckReport, CheckResult, Contract, FailingRow } from './schema.ts'

export const MOST_EXAMPLES = 20

export interface CheckFileInput {
  readonly contract: Contract
  /** What to call the contract in the report: its path. */
  readonly contractName: string
  readonly file: string
  /** Project time in milliseconds: freshness is measured from here. */
  readonly now: number
}

/**
 * Checks one file against a contract in one scan, without a database.
 * @throws TABLE_MISSING, TABLE_NO_ACCESS, TABLE_FORMAT_UNKNOWN, TABLE_UNREADABLE
 */
export async function checkFile(analytics: Analytics, input: CheckFileInput): Promise<CheckReport> {
  const table = await openTextTable(analytics, input.file)
  const rules = rulesOf(input.contract, table.columns)
  const freshColumn = presentFreshness(input.contract, table)
  const [row = {}] = await table.scan(scanSql(table, rules, freshColumn))
  const rows = Number(row['n'])
  const checks = [
    ...columnChecks(input.contract, table.columns),
    ...rules.map((rule, index) => ruleResult(rule, row, index)),
    ...rowsCheck(input.contract.rows, rows),
    ...(freshColumn === null ? [] : freshnessCheck(input.contract, row['newest'], input.now)),
  ]
  return reportOf(input, rows, checks)
}

export function reportOf(
  input: CheckFileInput,
  rows: number,
  checks: readonly CheckResult[],
): CheckReport {
  const failures = checks.filter(({ verdict }) => verdict === 'failed').length
  return {
    verdict: failures === 0 ? 'passed' : 'failed',
    file: input.file,
    contract: input.contractName,
    rows,
    checkedAt: input.now,
    failures,
    checks,
  }
}

function presentFreshness({ freshness }: Contract, table: TextTable): string | null {
  return freshness !== undefined && table.columns.includes(freshness.column)
    ? freshness.column
    : null
}

function scanSql(table: TextTable, rules: readonly Rule[], freshColumn: string | null): string {
  const flags = rules.map(({ broken }, index) => `, (${broken}) as "${flag(index)}"`)
  const totals = rules.map((rule, index) => {
    const example = `{'row': "${ROW}", 'value': ${identifier(rule.column)}}`
    const when = `filter (where "${flag(index)}")`
    return `, count(*) ${when} as "count_${index}",
      to_json(arg_min(${example}, "${ROW}", ${MOST_EXAMPLES}) ${when}) as "examples_${index}"`
  })
  const newest = freshColumn === null ? '' : `, ${newestSql(freshColumn)} as newest`
  return `with numbered as (select row_number() over () as "${ROW}", * from ${table.from}),
    judged as (select * ${flags.join('')} from numbered)
    select count(*) as n ${totals.join('')} ${newest} from judged`
}

// Names that no column of a file is likely to have.
const ROW = '__ratchet_row'
const flag = (index: number): string => `__ratchet_broken_${index}`

function newestSql(column: string): string {
  return `strftime(max(${typedValue('timestamp', identifier(column))}), ${literal('%Y-%m-%dT%H:%M:%S.%gZ')})`
}

function ruleResult(rule: Rule, row: ScanRow, index: number): CheckResult {
  const failing = Number(row[`count_${index}`])
  const { check, column, expected } = rule
  if (failing === 0)
    return {
      check,
      column,
      expected,
      verdict: 'passed',
      message: `${column}: ${expected}`,
      failing,
      examples: [],
    }
  const examples = examplesOf(row[`examples_${index}`], column)
  const [first] = examples
  const shown = first?.value === null ? 'null' : JSON.stringify(first?.value)
  const many = failing === 1 ? '1 row is' : `${failing} rows are`
  const message = `${column}: expected ${expected}; ${many} not, first row ${first?.row}: ${shown}`
  return { check, column, expected, verdict: 'failed', message, failing, examples }
}

function examplesOf(value: unknown, column: string): readonly FailingRow[] {
  const list = typeof value === 'string' ? (JSON.parse(value) as Omit<FailingRow, 'column'>[]) : []
  return list.map((example) => ({ row: Number(example.row), column, value: example.value }))
}
