import type { Query, Tx } from '../../storage/database/port.ts'
import type { CheckReport, CheckVerdict, ReportId, StoredReport } from './schema.ts'

type ReportRow = {
  id: string
  dataset: string
  file: string
  verdict: string
  checked_at: number
  caused_by: string | null
  report: string
}
type ValidationTables = { validation_reports: ReportRow }

export interface ReportFilter {
  readonly dataset?: string | undefined
  readonly verdict?: CheckVerdict | undefined
  /** Newest first; at most this many, 100 unless told. */
  readonly limit?: number | undefined
  /** Only reports made before this one. */
  readonly before?: string | undefined
}

export async function insertReport(tx: Tx, report: StoredReport): Promise<void> {
  const { id, dataset, causedBy, ...rest } = report
  await tx
    .withTables<ValidationTables>()
    .insertInto('validation_reports')
    .values({
      id,
      dataset,
      file: report.file,
      verdict: report.verdict,
      checked_at: report.checkedAt,
      caused_by: causedBy,
      report: JSON.stringify(rest satisfies CheckReport),
    })
    .execute()
}

export async function findReport(query: Query, id: string): Promise<StoredReport | null> {
  const db = query.withTables<ValidationTables>()
  const row = await db
    .selectFrom('validation_reports')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toReport(row)
}

export async function findReportByCause(query: Query, causedBy: string, file: string) {
  const db = query.withTables<ValidationTables>()
  const row = await db
    .selectFrom('validation_reports')
    .selectAll()
    .where('caused_by', '=', causedBy)
    .where('file', '=', file)
    .executeTakeFirst()
  return row === undefined ? null : toReport(row)
}

/** Ids sort by time, so the newest come first. */
export async function listReports(
  query: Query,
  filter: ReportFilter,
): Promise<readonly StoredReport[]> {
  const db = query.withTables<ValidationTables>()
  let select = db.selectFrom('validation_reports').selectAll()
  if (filter.dataset !== undefined) select = select.where('dataset', '=', filter.dataset)
  if (filter.verdict !== undefined) select = select.where('verdict', '=', filter.verdict)
  if (filter.before !== undefined) select = select.where('id', '<', filter.before)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toReport)
}

function toReport(row: ReportRow): StoredReport {
  const report = JSON.parse(row.report) as CheckReport
  return { ...report, id: row.id as ReportId, dataset: row.dataset, causedBy: row.caused_by }
}
