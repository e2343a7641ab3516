import type { Query, Tx } from '../storage/database/port.ts'
import type { Decision, DecisionId, TriggerKind } from './schema.ts'

type DecisionRow = {
  id: string
  model: string
  trigger: string
  decision: string
  reason: string
  sentence: string
  evidence: string
  caused_by: string | null
  at: number
  run_id: string | null
  key: string
}
type DeliveryRow = { file: string; md5: string; verdict: string; report_id: string; at: number }
type AutomationTables = {
  automation_decisions: DecisionRow
  automation_models: { model: string; paused: number }
  automation_deliveries: DeliveryRow
}

/** Keeps a decision once: `key` is the cause, so that a repeated delivery finds the first answer. */
export async function insertDecision(tx: Tx, decision: Decision, key: string): Promise<void> {
  const { id, model, trigger, reason, sentence, at } = decision
  await tx
    .withTables<AutomationTables>()
    .insertInto('automation_decisions')
    .values({
      id,
      model,
      trigger,
      decision: decision.decision,
      reason,
      sentence,
      evidence: JSON.stringify(decision.evidence),
      caused_by: decision.causedBy,
      at,
      run_id: decision.runId,
      key,
    })
    .execute()
}

export async function findDecisionByKey(query: Query, key: string): Promise<Decision | null> {
  const row = await query
    .withTables<AutomationTables>()
    .selectFrom('automation_decisions')
    .selectAll()
    .where('key', '=', key)
    .executeTakeFirst()
  return row === undefined ? null : toDecision(row)
}

export async function findDecision(query: Query, id: string): Promise<Decision | null> {
  const row = await query
    .withTables<AutomationTables>()
    .selectFrom('automation_decisions')
    .selectAll()
    .where((where) => where.or([where('id', '=', id), where('run_id', '=', id)]))
    .executeTakeFirst()
  return row === undefined ? null : toDecision(row)
}

export interface DecisionFilter {
  readonly decision?: 'yes' | 'no'
  readonly limit?: number
}

/** Newest first. */
export async function listDecisions(
  query: Query,
  model: string,
  filter: DecisionFilter = {},
): Promise<readonly Decision[]> {
  let select = query
    .withTables<AutomationTables>()
    .selectFrom('automation_decisions')
    .selectAll()
    .where('model', '=', model)
  if (filter.decision !== undefined) select = select.where('decision', '=', filter.decision)
  const rows = await select
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 100)
    .execute()
  return rows.map(toDecision)
}

function toDecision(row: DecisionRow): Decision {
  return {
    id: row.id as DecisionId,
    model: row.model,
    trigger: row.trigger as TriggerKind,
    decision: row.decision as 'yes' | 'no',
    reason: row.reason,
    sentence: row.sentence,
    evidence: JSON.parse(row.evidence) as Decision['evidence'],
    causedBy: row.caused_by,
    at: row.at,
    runId: row.run_id,
  }
}

export async function isPaused(query: Query, model: string): Promise<boolean> {
  const row = await query
    .withTables<AutomationTables>()
    .selectFrom('automation_models')
    .select('paused')
    .where('model', '=', model)
    .executeTakeFirst()
  return row?.paused === 1
}

export async function setPaused(tx: Tx, model: string, paused: boolean): Promise<void> {
  const value = paused ? 1 : 0
  await tx
    .withTables<AutomationTables>()
    .insertInto('automation_models')
    .values({ model, paused: value })
    .onConflict((conflict) => conflict.column('model').doUpdateSet({ paused: value }))
    .execute()
}

export interface SeenDelivery {
  readonly file: string
  readonly md5: string
  readonly verdict: 'passed' | 'failed'
  readonly reportId: string
  readonly at: number
}

export async function findDelivery(
  query: Query,
  file: string,
  md5: string,
): Promise<SeenDelivery | null> {
  const row = await query
    .withTables<AutomationTables>()
    .selectFrom('automation_deliveries')
    .selectAll()
    .where('file', '=', file)
    .where('md5', '=', md5)
    .executeTakeFirst()
  return row === undefined ? null : toDelivery(row)
}

export async function insertDelivery(tx: Tx, delivery: SeenDelivery): Promise<void> {
  const { file, md5, verdict, reportId: report_id, at } = delivery
  await tx
    .withTables<AutomationTables>()
    .insertInto('automation_deliveries')
    .values({ file, md5, verdict, report_id, at })
    .onConflict((conflict) => conflict.columns(['file', 'md5']).doNothing())
    .execute()
}

function toDelivery(row: DeliveryRow): SeenDelivery {
  return {
    file: row.file,
    md5: row.md5,
    verdict: row.verdict === 'passed' ? 'passed' : 'failed',
    reportId: row.report_id,
    at: row.at,
  }
}
