import type { Json } from '../../base/json.ts'
import type { Query } from '../../storage/database/port.ts'
import type { ColumnValues } from './reference.ts'
import type { Window } from './report.ts'
import type { Columns } from './schema.ts'
import type { MonitoringTables } from './tables.ts'

/** [now - length, now): by event time, so late rows count where they belong and rows of the future not yet. */
export function windowBefore(now: number, lengthMs: number): Window {
  return { from: now - lengthMs, to: now }
}

/** Predictions old enough that their truth is known, if it ever is. */
export function maturedWindow(now: number, lengthMs: number, labelDelayMs: number): Window {
  return windowBefore(now - labelDelayMs, lengthMs)
}

// Gaps of so little of a window do not matter: a log that begins a few days late covers a year.
const SLACK = 0.02

/** When the log will cover a window of this length; `null` when it does. */
export function coveredAt(firstAt: number | null, window: Window): number | null {
  const length = window.to - window.from
  const begins = (firstAt ?? window.to) - SLACK * length
  return begins <= window.from ? null : begins + length
}

export interface RowsOf {
  readonly model: string
  readonly window: Window
}

// Between pages other work gets its turn on the event loop.
const PAGE = 10_000

/** The logged inputs of a window by feature, a value a row; JSON is parsed once a request. */
export async function loadFeatures(
  query: Query,
  { model, window }: RowsOf,
  features: readonly string[],
): Promise<ReadonlyMap<string, ColumnValues>> {
  const columns = new Map(features.map((name) => [name, [] as (Json | undefined)[]] as const))
  for await (const rows of pages(query, { model, window })) {
    for (const { inputs } of rows) appendRequest(columns, JSON.parse(inputs) as Columns)
  }
  return columns
}

function appendRequest(columns: ReadonlyMap<string, (Json | undefined)[]>, inputs: Columns): void {
  for (const [name, values] of columns) {
    const given = inputs[name]
    if (!Array.isArray(given)) values.push(given)
    else for (const value of given as readonly Json[]) values.push(value)
  }
}

interface PageRow {
  readonly id: string
  readonly at: number
  readonly inputs: string
}

async function* pages(query: Query, { model, window }: RowsOf): AsyncGenerator<readonly PageRow[]> {
  const db = query.withTables<MonitoringTables>()
  let after = { at: window.from - 1, id: '' }
  for (;;) {
    const rows = await db
      .selectFrom('monitoring_predictions')
      .select(['id', 'at', 'inputs'])
      .where('model', '=', model)
      .where('at', '>=', Math.max(after.at, window.from))
      .where('at', '<', window.to)
      .where((where) =>
        where.or([
          where('at', '>', after.at),
          where.and([where('at', '=', after.at), where('id', '>', after.id)]),
        ]),
      )
      .orderBy('at')
      .orderBy('id')
      .limit(PAGE)
      .execute()
    yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = { at: last.at, id: last.id }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The answers that a version gave in a window. */
export async function loadOutputs(
  query: Query,
  { model, window, version }: RowsOf & { readonly version: number },
): Promise<ColumnValues> {
  const rows = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .select('output')
    .where('model', '=', model)
    .where('at', '>=', window.from)
    .where('at', '<', window.to)
    .where('version', '=', version)
    .execute()
  return rows.map(({ output }) => output)
}

/** The truths of a window, whichever version answered. */
export async function loadLabels(query: Query, { model, window }: RowsOf): Promise<ColumnValues> {
  const rows = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .select('label')
    .where('model', '=', model)
    .where('at', '>=', window.from)
    .where('at', '<', window.to)
    .where('label', 'is not', null)
    .execute()
  return rows.map(({ label }) => label)
}

export async function firstLoggedAt(query: Query, model: string): Promise<number | null> {
  const row = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_predictions')
    .select('at')
    .where('model', '=', model)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  return row?.at ?? null
}
