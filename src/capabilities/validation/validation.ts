import { RatchetError } from '../../base/errors.ts'
import { createId } from '../../base/ids.ts'
import type { Publish } from '../../events/index.ts'
import type { Analytics } from '../../storage/analytics/index.ts'
import type { Database, Tx } from '../../storage/database/port.ts'
import { type CheckFileInput, checkFile, reportOf } from './check-file.ts'
import { readContract } from './contract-file.ts'
import { validationChecked } from './events.ts'
import type { CheckReport, Contract, StoredReport } from './schema.ts'
import { findReportByCause, insertReport } from './store.ts'

export interface ValidationDeps {
  readonly analytics: Analytics
  readonly database: Database
  readonly publish: Publish
}

export interface CheckDataInput {
  /** A path, or a contract already read. */
  readonly contract: string | Contract
  readonly file: string
  /** Project time in milliseconds. */
  readonly now: number
  readonly dataset: string
  readonly causedBy: string | null
  /** Runs in the transaction that saves the report: a job completes itself here. */
  readonly alongside?: ((tx: Tx, report: StoredReport) => Promise<void>) | undefined
}

/**
 * Checks a delivery, keeps the report and announces it. A file that is no table at all is a failed report, not an error:
 * the loop must refuse it like any other bad delivery. Delivered again for the same cause and file, the first report stands.
 * @throws TABLE_MISSING, TABLE_NO_ACCESS, TABLE_FORMAT_UNKNOWN, CONTRACT_MISSING, CONTRACT_INVALID
 */
export async function checkData(
  deps: ValidationDeps,
  input: CheckDataInput,
): Promise<StoredReport> {
  const earlier = await earlierReport(deps, input)
  if (earlier !== null) return earlier
  const checked = await checkOrRefuse(deps.analytics, await fileInput(input))
  const report: StoredReport = {
    ...checked,
    id: createId('rpt', input.now),
    dataset: input.dataset,
    causedBy: input.causedBy,
  }
  await deps.database.transaction(async (tx) => {
    await insertReport(tx, report)
    await deps.publish(tx, validationChecked(report))
    await input.alongside?.(tx, report)
  })
  return report
}

async function earlierReport({ database }: ValidationDeps, input: CheckDataInput) {
  return input.causedBy === null
    ? null
    : await findReportByCause(database.query, input.causedBy, input.file)
}

async function fileInput(input: CheckDataInput): Promise<CheckFileInput> {
  const { contract, file, now } = input
  return typeof contract === 'string'
    ? { contract: await readContract(contract), contractName: contract, file, now }
    : { contract, contractName: 'inline', file, now }
}

async function checkOrRefuse(analytics: Analytics, input: CheckFileInput): Promise<CheckReport> {
  try {
    return await checkFile(analytics, input)
  } catch (error) {
    if (!(error instanceof RatchetError) || error.code !== 'TABLE_UNREADABLE') throw error
    return reportOf(input, 0, [
      {
        check: 'readable',
        column: null,
        verdict: 'failed',
        expected: 'a well-formed table',
        message: error.detail,
        failing: 0,
        examples: [],
      },
    ])
  }
}
