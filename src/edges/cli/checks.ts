import type { Command } from 'commander'
import { toIso } from '../../base/time.ts'
import {
  checkFile,
  type CheckReport,
  type CheckResult,
  readContract,
  validationErrors,
} from '../../capabilities/validation/index.ts'
import { type Analytics, openAnalytics } from '../../storage/analytics/index.ts'
import type { CliContext } from './context.ts'

type CheckCommandContext = Pick<CliContext, 'print' | 'clock' | 'contractFor' | 'setExitCode'> & {
  readonly wantsJson?: boolean
}

const EXAMPLES = `
Examples:
  ratchet check data/incoming/1971-01-11.csv
  ratchet check data/new.parquet --contract contracts/price.yaml --json
`

/** `ratchet check DATA`: 0 passed, 1 failed or no table, 2 the contract is wrong, 4 a file is missing. */
export function registerCheckCommands(program: Command, context: CheckCommandContext): void {
  program
    .command('check')
    .description('hold a data file against its contract')
    .argument('<data>', 'a .csv, .tsv, .parquet, .json or .jsonl file')
    .option('-c, --contract <file>', 'the contract; else the one that ratchet.yaml declares')
    .option('--json', 'print the report as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (data: string, options: { contract?: string; json?: boolean }) => {
      const report = await check(context, data, options.contract)
      const lines =
        options.json === true || context.wantsJson === true
          ? [JSON.stringify(toJson(report), null, 2)]
          : toLines(report)
      for (const line of lines) context.print(line)
      context.setExitCode(report.verdict === 'passed' ? 0 : 1)
    })
}

async function check(context: CheckCommandContext, file: string, named: string | undefined) {
  const contractName = named ?? (await context.contractFor(file))
  if (contractName === null)
    throw validationErrors.CONTRACT_MISSING({
      detail: `ratchet.yaml names no single contract for ${file}.`,
      next: 'Name one with --contract FILE.',
    })
  const contract = await readContract(contractName)
  const analytics: Analytics = openAnalytics()
  try {
    return await checkFile(analytics, { contract, contractName, file, now: context.clock.now() })
  } finally {
    await analytics.close()
  }
}

function toJson(report: CheckReport) {
  const { checkedAt, ...rest } = report
  return { ...rest, checked_at: toIso(checkedAt) }
}

function toLines(report: CheckReport): readonly string[] {
  const failed = report.checks.filter(({ verdict }) => verdict === 'failed')
  const count = `${report.checks.length} checks on ${report.rows} rows`
  if (failed.length === 0) return [`passed: ${report.file} keeps ${report.contract} (${count}).`]
  return [
    `failed: ${report.file} breaks ${report.contract}: ${failed.length} of ${count}.`,
    ...failed.flatMap(failureLines),
  ]
}

const MOST_SHOWN = 5

function failureLines({ message, check, examples, failing }: CheckResult): readonly string[] {
  const shown = examples.slice(0, MOST_SHOWN)
  const rows = shown.map(({ row, value }) => `      row ${row}: ${value ?? 'null'}`)
  const more = failing > shown.length ? [`      and ${failing - shown.length} more`] : []
  return [`  x ${message} [${check}]`, ...rows, ...more]
}
