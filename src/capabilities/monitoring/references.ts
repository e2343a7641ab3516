import type { Query, Tx } from '../../storage/database/port.ts'
import type { MonitoringDeps } from './deps.ts'
import { buildReference, type Reference, type ReferenceColumns } from './reference.ts'
import type { Window } from './report.ts'
import type { MonitoringTables } from './tables.ts'
import { loadFeatures, loadLabels, loadOutputs } from './windows.ts'

export interface SetReferenceInput {
  readonly model: string
  readonly version: number
  /** A sample of the training data: features, and where known the target and the version's own answers on it. */
  readonly columns: ReferenceColumns
  /** Mean loss of the version where it was accepted, in the units of the guard's loss (mae: mean absolute error). */
  readonly baseline?: number | null | undefined
  readonly alongside?: ((tx: Tx) => Promise<void>) | undefined
}

export interface StoredReference {
  readonly reference: Reference
  readonly baseline: number | null
}

/** Freezes what the version learned from. Given again, it replaces what was there. */
export async function setReference(
  { database, clock }: Pick<MonitoringDeps, 'database' | 'clock'>,
  { model, version, columns, baseline = null, alongside }: SetReferenceInput,
): Promise<void> {
  const change = { columns: JSON.stringify(buildReference(columns)), baseline, since: clock.now() }
  await database.transaction(async (tx) => {
    await tx
      .withTables<MonitoringTables>()
      .insertInto('monitoring_references')
      .values({ model, version, ...change })
      .onConflict((conflict) => conflict.columns(['model', 'version']).doUpdateSet(change))
      .execute()
    await alongside?.(tx)
  })
}

export interface LogReferenceInput {
  readonly model: string
  readonly version: number
  readonly features: readonly string[]
  /** Of event time, and matured. */
  readonly window: Window
}

/** Where the training data is unknown, a first matured window of the log is the reference. */
export async function setReferenceFromLog(
  deps: Pick<MonitoringDeps, 'database' | 'clock'>,
  { model, version, features, window }: LogReferenceInput,
): Promise<void> {
  const { query } = deps.database
  const rows = { model, version, window }
  const columns: ReferenceColumns = {
    features: Object.fromEntries(await loadFeatures(query, rows, features)),
    prediction: await loadOutputs(query, rows),
    target: await loadLabels(query, rows),
  }
  await setReference(deps, { model, version, columns })
}

export async function findReference(
  query: Query,
  model: string,
  version: number,
): Promise<StoredReference | null> {
  const row = await query
    .withTables<MonitoringTables>()
    .selectFrom('monitoring_references')
    .select(['columns', 'baseline'])
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst()
  if (row === undefined) return null
  return { reference: JSON.parse(row.columns) as Reference, baseline: row.baseline }
}
