import { createId } from '../../base/ids.ts'
import { toDate } from '../../base/time.ts'
import type { Query, Tx } from '../../storage/database/port.ts'
import type { MonitoringDeps } from './deps.ts'
import { decideDrift, type DriftColumn } from './drift.ts'
import { monitoringChecked } from './events.ts'
import { type ColumnRule, columnRules, type MonitorPolicy } from './policy.ts'
import { decideQuality } from './quality.ts'
import type { ColumnValues, Reference } from './reference.ts'
import { findReference } from './references.ts'
import { findReportByCause, insertReport } from './reports.ts'
import type { MonitorReport, QualityReport, Window } from './report.ts'
import { countMatured, loadScored } from './scored-rows.ts'
import {
  coveredAt,
  firstLoggedAt,
  loadFeatures,
  loadLabels,
  loadOutputs,
  maturedWindow,
  windowBefore,
} from './windows.ts'

export interface CheckMonitorInput {
  readonly model: string
  readonly causedBy: string | null
  /** Runs in the transaction that saves the report: a job completes itself here. */
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}

/**
 * Looks at the model's last window: has the data moved, has the quality suffered? Saves the report and announces it.
 * `null` when the model is not watched or no version answers yet. For the same cause the first report stands.
 */
export async function checkMonitor(
  deps: MonitoringDeps,
  { model, causedBy, alongside }: CheckMonitorInput,
): Promise<MonitorReport | null> {
  const { query } = deps.database
  const earlier = causedBy === null ? null : await findReportByCause(query, model, causedBy)
  const policy = deps.policyOf(model)
  const version = await deps.championOf(model)
  if (earlier !== null || policy === null || version === null) return earlier
  const at = deps.clock.now()
  const watch: Watch = { model, version, policy, now: at }
  const stored = await findReference(query, model, version)
  const report: MonitorReport = {
    id: createId('rpt', at),
    model,
    version,
    at,
    window: windowBefore(at, policy.window),
    drift: decideDrift(await loadColumns(query, watch, stored?.reference ?? null)),
    quality: await judgeQuality(query, watch, stored?.baseline ?? null),
    causedBy,
  }
  await deps.database.transaction(async (tx) => {
    await insertReport(tx, report)
    await deps.publish(tx, monitoringChecked(report))
    await alongside?.(tx)
  })
  return report
}

interface Watch {
  readonly model: string
  readonly version: number
  readonly policy: MonitorPolicy
  readonly now: number
}

async function loadColumns(
  query: Query,
  watch: Watch,
  reference: Reference | null,
): Promise<readonly DriftColumn[]> {
  const rules = columnRules(watch.policy, Object.keys(reference?.features ?? {}))
  const firstAt = await firstLoggedAt(query, watch.model)
  const features = await featuresByWindow(query, watch, rules)
  const columns: DriftColumn[] = []
  for (const rule of rules) {
    const covered = rule.whole ? coveredAt(firstAt, windowOf(rule, watch)) : null
    columns.push({
      rule,
      reference: referenceOf(reference, rule),
      values:
        rule.role === 'feature'
          ? (features.get(rule.windowMs)?.get(rule.column) ?? [])
          : await loadScalars(query, rule, watch),
      coveredAt: covered === null ? null : toDate(covered),
    })
  }
  return columns
}

// A truth is looked at when its row is old enough to have one, whatever its value.
function windowOf({ role, windowMs }: ColumnRule, { now, policy }: Watch): Window {
  return role === 'target'
    ? maturedWindow(now, windowMs, policy.label_delay)
    : windowBefore(now, windowMs)
}

async function featuresByWindow(query: Query, watch: Watch, rules: readonly ColumnRule[]) {
  const features = rules.filter(({ role }) => role === 'feature')
  const byWindow = new Map<number, ReadonlyMap<string, ColumnValues>>()
  for (const windowMs of new Set(features.map((rule) => rule.windowMs))) {
    const names = features.filter((rule) => rule.windowMs === windowMs).map(({ column }) => column)
    const window = windowBefore(watch.now, windowMs)
    byWindow.set(windowMs, await loadFeatures(query, { model: watch.model, window }, names))
  }
  return byWindow
}

function loadScalars(query: Query, rule: ColumnRule, watch: Watch): Promise<ColumnValues> {
  const { model, version } = watch
  const window = windowOf(rule, watch)
  return rule.role === 'prediction'
    ? loadOutputs(query, { model, version, window })
    : loadLabels(query, { model, window })
}

function referenceOf(reference: Reference | null, { role, column }: ColumnRule) {
  if (reference === null) return null
  return role === 'feature' ? (reference.features[column] ?? null) : reference[role]
}

async function judgeQuality(
  query: Query,
  { model, version, policy, now }: Watch,
  baseline: number | null,
): Promise<QualityReport> {
  const window = maturedWindow(now, policy.window, policy.label_delay)
  const least = policy.performance?.rows ?? policy.min_rows
  const history = await loadScored(query, { model, version, before: window.to }, least)
  const matured = await countMatured(query, { model, version, window })
  return decideQuality({ policy, ...history, from: window.from, matured, baseline })
}
