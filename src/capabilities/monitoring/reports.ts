import type { Query, Tx } from '../../storage/database/port.ts'
import type { ColumnReport, MonitorReport } from './report.ts'
import type { MonitoringTables, ScoreRow } from './tables.ts'

export async function insertReport(tx: Tx, report: MonitorReport): Promise<void> {
  const db = tx.withTables<MonitoringTables>()
  await db
    .insertInto('monitoring_reports')
    .values({
      id: report.id,
      model: report.model,
      version: report.version,
      at: report.at,
      drift: report.drift.verdict,
      quality: report.quality.verdict,
      report: JSON.stringify(report),
      caused_by: report.causedBy,
    })
    .execute()
  const scores = report.drift.columns.map((column) => scoreRow(report, column))
  if (scores.length > 0) await db.insertInto('monitoring_feature_scores').values(scores).execute()
}

function scoreRow(report: MonitorReport, column: ColumnReport): ScoreRow {
  return {
    report_id: report.id,
    model: report.model,
    at: report.at,
    feature: column.column,
    role: column.role,
    method: column.test ?? 'none',
    score: column.score,
    floor: column.floor,
    p: column.p,
    verdict: column.verdict,
  }
}

export async function findReport(query: Query, id: string): Promise<MonitorReport | null> {
  const row = await reports(query).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : (JSON.parse(row.report) as MonitorReport)
}

export async function findReportByCause(
  query: Query,
  model: string,
  causedBy: string,
): Promise<MonitorReport | null> {
  const row = await reports(query)
    .where('caused_by', '=', causedBy)
    .where('model', '=', model)
    .executeTakeFirst()
  return row === undefined ? null : (JSON.parse(row.report) as MonitorReport)
}

export interface ReportFilter {
  readonly model: string
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly limit?: number | undefined
}

/** Newest first. */
export async function listReports(
  query: Query,
  { model, from, to, limit }: ReportFilter,
): Promise<readonly MonitorReport[]> {
  let select = reports(query).where('model', '=', model)
  if (from !== undefined) select = select.where('at', '>=', from)
  if (to !== undefined) select = select.where('at', '<', to)
  const rows = await select
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit ?? 100)
    .execute()
  return rows.map(({ report }) => JSON.parse(report) as MonitorReport)
}

export async function latestReport(query: Query, model: string): Promise<MonitorReport | null> {
  return (await listReports(query, { model, limit: 1 }))[0] ?? null
}

const reports = (query: Query) =>
  query.withTables<MonitoringTables>().selectFrom('monitoring_reports').select('report')
