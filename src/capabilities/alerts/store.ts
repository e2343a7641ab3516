import type { JsonObject } from '../../base/json.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { Alert, AlertId, AlertState, AlertStep, Severity } from './schema.ts'

type AlertRow = {
  id: string
  model: string
  rule: string
  state: string
  severity: string
  summary: string
  evidence: string
  pending_at: number
  fired_at: number | null
  calm_since: number | null
  ended_at: number | null
  seen_at: number
  acknowledged_at: number | null
  acknowledged_by: string | null
  caused_by: string | null
}
type HistoryRow = {
  alert_id: string
  number: number
  state: string
  at: number
  caused_by: string | null
}
type AlertTables = { alerts_alerts: AlertRow; alerts_history: HistoryRow }

/** The alert of a rule that has not ended: at most one. */
export async function findOpen(query: Query, model: string, rule: string): Promise<Alert | null> {
  const row = await query
    .withTables<AlertTables>()
    .selectFrom('alerts_alerts')
    .selectAll()
    .where('model', '=', model)
    .where('rule', '=', rule)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toAlert(row)
}

export async function findAlert(query: Query, id: string): Promise<Alert | null> {
  const db = query.withTables<AlertTables>()
  const row = await db
    .selectFrom('alerts_alerts')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toAlert(row)
}

export interface AlertFilter {
  readonly model?: string | undefined
  readonly open?: boolean | undefined
  readonly before?: string | undefined
  readonly limit?: number | undefined
}

/** Newest first. */
export async function listAlerts(query: Query, filter: AlertFilter): Promise<readonly Alert[]> {
  let select = query.withTables<AlertTables>().selectFrom('alerts_alerts').selectAll()
  if (filter.model !== undefined) select = select.where('model', '=', filter.model)
  if (filter.open === true) select = select.where('ended_at', 'is', null)
  if (filter.open === false) select = select.where('ended_at', 'is not', null)
  if (filter.before !== undefined) select = select.where('id', '<', filter.before)
  const rows = await select
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toAlert)
}

/** The steps of one alert, oldest first. */
export async function alertHistory(query: Query, id: string): Promise<readonly AlertStep[]> {
  const db = query.withTables<AlertTables>()
  const rows = await db
    .selectFrom('alerts_history')
    .selectAll()
    .where('alert_id', '=', id)
    .orderBy('number')
    .execute()
  return rows.map((row) => ({
    state: row.state as AlertStep['state'],
    at: row.at,
    causedBy: row.caused_by,
  }))
}

export async function saveAlert(tx: Tx, alert: Alert): Promise<void> {
  const row = toRow(alert)
  const { id: _, ...change } = row
  await tx
    .withTables<AlertTables>()
    .insertInto('alerts_alerts')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
    .execute()
}

export async function appendStep(tx: Tx, id: AlertId, step: AlertStep): Promise<void> {
  const number = (await alertHistory(tx, id)).length + 1
  const row = { alert_id: id, number, state: step.state, at: step.at, caused_by: step.causedBy }
  await tx.withTables<AlertTables>().insertInto('alerts_history').values(row).execute()
}

function toRow(alert: Alert): AlertRow {
  const { pendingAt, firedAt, calmSince, endedAt, seenAt, ...rest } = alert
  const { acknowledgedAt, acknowledgedBy, causedBy, ...plain } = rest
  return {
    ...plain,
    evidence: JSON.stringify(alert.evidence),
    pending_at: pendingAt,
    fired_at: firedAt,
    calm_since: calmSince,
    ended_at: endedAt,
    seen_at: seenAt,
    acknowledged_at: acknowledgedAt,
    acknowledged_by: acknowledgedBy,
    caused_by: causedBy,
  }
}

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id as AlertId,
    model: row.model,
    rule: row.rule,
    state: row.state as AlertState,
    severity: row.severity as Severity,
    summary: row.summary,
    evidence: JSON.parse(row.evidence) as JsonObject,
    pendingAt: row.pending_at,
    firedAt: row.fired_at,
    calmSince: row.calm_since,
    endedAt: row.ended_at,
    seenAt: row.seen_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    causedBy: row.caused_by,
  }
}
